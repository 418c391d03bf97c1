"""What `general.py` asks the reference."""

import random

# Names of published models with their number of values, 0 where the reference is to guess without it.
identifiers = [
    ("meta-llama/Llama-3.2-1B-Instruct", 1_235_814_432),
    ("Llama-3.2-1B-Instruct", 0),
    ("mistralai/Mixtral-8x7B-Instruct-v0.1", 46_702_792_704),
    ("Mixtral-8x22B-v0.1", 140_620_634_112),
    ("sentence-transformers/all-MiniLM-L6-v2", 22_565_376),
    ("Qwen/Qwen2.5-0.5B", 494_032_768),
    ("Qwen2.5-Coder-32B-Instruct", 32_763_876_352),
    ("Qwen/Qwen3-30B-A3B-Instruct-2507", 30_532_122_624),
    ("Qwen/Qwen3-235B-A22B", 235_093_634_560),
    ("google/gemma-3-270m-it", 268_098_176),
    ("google/gemma-2b", 2_506_172_416),
    ("google/gemma-3n-E2B-it", 4_456_448_000),
    ("microsoft/Phi-3-mini-4k-instruct", 3_821_079_552),
    ("microsoft/Phi-3-mini-4k-instruct", 0),
    ("microsoft/Phi-3-medium-128k-instruct", 13_960_238_080),
    ("microsoft/Phi-3.5-MoE-instruct", 41_873_153_344),
    ("microsoft/phi-2", 2_779_683_840),
    ("microsoft/bitnet-b1.58-2B-4T", 2_412_820_480),
    ("microsoft/bitnet-b1.58-2B-4T", 0),
    ("TinyLlama/TinyLlama-1.1B-Chat-v1.0", 1_100_048_384),
    ("TinyLlama-1.1B-intermediate-step-1431k-3T", 1_100_048_384),
    ("bigscience/bloom-7b1", 7_069_016_064),
    ("bigscience/bloom-7b1-petals", 0),
    ("bigscience/bloomz-560m", 559_214_592),
    ("stabilityai/stablelm-2-1_6b-chat", 1_644_515_328),
    ("stabilityai/stablelm-zephyr-3b", 2_795_443_200),
    ("meta-llama/Llama-2-7b-chat-hf", 6_738_415_616),
    ("meta-llama/Meta-Llama-3-8B", 8_030_261_248),
    ("meta-llama/Llama-4-Scout-17B-16E-Instruct", 107_769_861_120),
    ("mistralai/Mistral-7B-Instruct-v0.3", 7_248_023_552),
    ("mistralai/Mistral-Small-24B-Instruct-2501", 23_572_403_200),
    ("mistralai/Mistral-Nemo-Instruct-2407", 12_247_782_400),
    ("NousResearch/Hermes-2-Pro-Llama-3-8B", 8_030_523_392),
    ("NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", 46_702_825_472),
    ("TheBloke/Mistral-7B-Instruct-v0.2-GGUF", 7_241_732_096),
    ("TheBloke/Llama-2-13B-chat-GPTQ", 0),
    ("HuggingFaceTB/SmolLM2-135M-Instruct", 134_515_008),
    ("HuggingFaceTB/SmolLM2-1.7B", 1_711_376_384),
    ("openai-community/gpt2-medium", 354_823_168),
    ("openai-community/gpt2", 124_439_808),
    ("gpt2-xl", 1_557_611_200),
    ("openai/gpt-oss-20b", 20_914_757_184),
    ("openai/whisper-large-v3", 1_543_490_560),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", 1_777_088_000),
    ("deepseek-ai/DeepSeek-V2-Lite-Chat", 15_706_484_224),
    ("deepseek-ai/deepseek-coder-6.7b-instruct", 6_740_512_768),
    ("tiiuae/falcon-7b-instruct", 7_217_189_760),
    ("tiiuae/Falcon3-1B-Instruct-1.58bit", 1_669_408_768),
    ("facebook/opt-125m", 125_239_296),
    ("EleutherAI/pythia-160m-deduped", 162_322_944),
    ("EleutherAI/gpt-neox-20b", 20_554_567_680),
    ("nomic-ai/nomic-embed-text-v1.5", 136_727_040),
    ("BAAI/bge-small-en-v1.5", 33_360_000),
    ("BAAI/bge-m3", 567_754_752),
    ("intfloat/multilingual-e5-large-instruct", 559_890_432),
    ("ibm-granite/granite-3.1-1b-a400m-instruct", 1_334_628_352),
    ("state-spaces/mamba-130m-hf", 129_135_360),
    ("RWKV/rwkv-6-world-1b6", 1_599_668_224),
    ("EmbeddedLLM/Mistral-7B-Merge-14-v0.1", 7_241_732_096),
    ("teknium/OpenHermes-2.5-Mistral-7B", 7_241_748_480),
    ("gradientai/Llama-3-8B-Instruct-Gradient-1048k", 8_030_261_248),
    ("togethercomputer/LLaMA-2-7B-32K", 6_738_415_616),
    ("nvidia/Minitron-4B-Base", 4_190_998_528),
    ("Xwin-LM/Xwin-LM-70B-V0.1", 68_976_648_192),
    ("ggml-org/models-q4_K_M-f16-iter2", 0),
    ("some/thing-Q4_0-bf16-FP32", 0),
    ("baichuan-inc/Baichuan2-7B-Chat", 7_505_973_248),
    ("01-ai/Yi-1.5-9B-Chat-16K", 8_829_407_232),
    ("internlm/internlm2_5-7b-chat-1m", 7_737_708_544),
    # Forms that no one would choose.
    ("A model with spaces 7B", 0), ("./models/x", 0), ("./x-7B", 0), ("../x-7B-chat", 0), ("/x-7B", 0), ("x/", 0), ("", 0),
    (".", 0), ("-", 0), ("--a--7b--", 0), ("a/b/c-7B", 0), ("7B", 0), ("v2", 0), ("v2-3", 0), ("1-2-3-a", 0),
    ("a-small-7B", 0), ("a-small-xl", 0), ("a-7B-7B-8x7b", 0), ("a-8X7B", 0), ("a-a3b", 7_000_000_000), ("a-1.2.3", 0),
    ("a-v", 0), ("a-1.", 0), ("a-iter12-chat", 0), ("a-7B12", 0), ("a-1.5.5B", 0), ("a-x7B", 0), ("a-q4_k_xl", 0), ("q8", 0),
    ("a-LoRA-Vision", 0), ("ünï-cödé-7B", 0), ("模型-7B-chat", 0), ("模型7-chat", 0), ("a-1T", 1_000_000), ("a-1K", 1000),
    ("a-1K", 500), ("a-1K", 534), ("a-15K", 8000), ("a-16K", 8000), ("a-14.9K", 8000), ("a-1b5", 1_500_000_000), ("it's-o'NEIL", 0),
    ("a-1024K", 1_000_000), ("a-2K", 1067), ("a-2K", 1066), ("xl-XXL-Large", 0), ("a-" + "9" * 400 + "B", 5), ("a-7b-v1-v2", 0),
    ("e\u0301-\u0301x-7B", 0), ("ǅabc-ǆ-7B", 0), ("straße-ﬁn-7B", 0), ("a_b-c_d-7B", 0), ("a7b-7b", 0), ("i-iq2_x-7B", 0),
]  # fmt: skip

generator = random.Random(1)
totals = [
    1, 2, 4, 5, 6, 9, 49, 50, 94, 95, 99, 100, 104, 105, 499, 500, 501, 949, 950, 951, 994, 995, 996, 999, 1000, 1001,
    1049, 1050, 1051, 1249, 1250, 1251, 1350, 1449, 1450, 9449, 9499, 9500, 9501, 9949, 9950, 9951, 10_499, 10_500, 10_501,
    11_500, 99_499, 99_500, 99_501, 122_345, 999_499, 999_500, 999_999, 1_000_000, 1_000_001, 1_049_999, 1_050_000, 1_050_001,
    1_150_000, 1_250_000, 1_350_000, 2_500_000, 9_450_000, 9_500_000, 9_949_999, 9_950_000, 10_500_000, 11_500_000, 999_500_000,
    1_000_000_000, 1_000_000_001, 1_050_000_000, 1_150_000_000, 1_250_000_000, 1_235_814_432, 6_738_415_616, 7_241_732_096,
    9_500_000_000, 9_949_999_999, 10_500_000_000, 46_702_792_704, 70_553_706_496, 999_499_999_999, 999_500_000_000,
    1_000_000_000_000, 1_000_000_000_001, 1_050_000_000_000, 1_250_000_000_000, 9_500_000_000_000, 123_456_789_012_345,
    2**53 + 1, 2**60, 2**63 - 1,
]  # fmt: skip
totals += [int(10 ** generator.uniform(0, 18)) for _ in range(100)]
totals += [generator.randrange(1, 200) * 10 ** generator.randrange(1, 10) * 5 for _ in range(100)]
sizes = [(total, total, 0, 0) for total in totals] + [
    (46_702_792_704, 1_605_640_192, 5_637_144_576, 8),
    (30_532_122_624, 1_541_000_000, 226_492_416, 128),
    (1000, 100, 50, 4),
    (10_500_000, 500_000, 1_250_000, 8),
    (5, 3, 1, 2),
]  # fmt: skip

tensors = [
    [],
    [["token_embd.weight", [64, 700]], ["output_norm.weight", [64]]],
    [["blk.0.ffn_up_exps.weight", [64, 160, 4]], ["blk.0.ffn_down_exps.weight", [160, 64, 4]], ["a.weight", [64, 64]]],
    # Experts that differ in number, and biases, which have two dimensions and so count as shared.
    [["blk.0.ffn_up_exps.weight", [8, 4, 3]], ["blk.1.ffn_up_exps.weight", [8, 4, 6]], ["blk.1.ffn_up_exps.bias", [4, 6]]],
    # A bias of three dimensions is split at its second.
    [["blk.0.ffn_up_exps.bias", [4, 6, 1]], ["blk.0.ffn_up_exps.weight", [8, 4, 6]]],
    [["blk.0.ffn_up_exps.weight", [8, 4, 6, 2]]],
    [["blk.0.ffn_up_shexp.weight", [8, 4, 6]], ["blk.0.ffn_gate_inp.weight", [8, 6]], ["blk.0.exps.weight", [2, 3, 4]]],
    [["blk.0.ffn_up_exps", [8, 4, 6]]],
    [["blk.0.ffn_up_exps.weight", [8, 4]], ["blk.0.ffn_up_exps.weight_scale", [1, 1, 6]]],
]  # fmt: skip


def case(name, readme=None, config="{}", generation=None, folder="model", parameters=(7_000_000_000, 7_000_000_000, 0, 0)):
    result = {"case": name, "folder": folder, "parameters": list(parameters)}
    for file, text in (("README.md", readme), ("config.json", config), ("generation_config.json", generation)):
        if text is not None:
            result[file] = text
    return result


def card(name, lines, **more):
    return case(name, "---\n" + lines + "---\n# A model\n", **more)


folders = [
    case("nothing but the folder's name", folder="Tiny-Llama-1.1B-Chat-v1.0", parameters=(1_100_000_000, 1_100_000_000, 0, 0)),
    case("no parameters", folder="x-7B", parameters=(0, 0, 0, 0)),
    case("experts", folder="moe", parameters=(46_702_792_704, 1_605_640_192, 5_637_144_576, 8)),
    case("a name in the configuration", config='{"_name_or_path": "meta-llama/Llama-2-7b-hf"}', folder="Other-13B-chat"),
    case("a path in the configuration", config='{"_name_or_path": "/home/me/Llama-2-7b-hf"}', folder="Other-7B-chat"),
    case("null in the configuration", config='{"_name_or_path": null}', folder="Other-7B-chat"),
    case("a sentence in the configuration", config='{"_name_or_path": "my own model"}', folder="Other-7B-chat"),
    case("a folder in the configuration", config='{"_name_or_path": "./out-7B"}', folder="Other-7B-chat"),
    case("spaces in the folder's name", folder="a model 7B"),
    case("no front matter", "# Title\n---\nname: no\n---\n"),
    case("an empty card", ""),
    case("a mark with a space", "--- \nname: x\n---\n"),
    case("a byte order mark", "\ufeff---\nname: x\n---\n"),
    case("front matter without an end", "---\nname: x\nauthor: y\n"),
    case("lines that end with carriage returns", "---\r\nname: x\r\nauthor: y\r\n---\r\ntext"),
    case("lines that end with carriage returns alone", "---\rname: x\rauthor: y\r---\rtext"),
    case("a form feed between keys", "---\nname: x\fauthor: y\n---\n"),
    card("tabs", "name:\tx\ndescription: 'a\tb'\ntags:\n-\tone\n"),
    card("every key", """\
name: A name
author: An author
version: one
organization: Some people
description: >-
  It is
  folded.
finetune: chat
basename: base
size_label: 8B
url: https://example.org/a
doi: 10.1000/1
uuid: 123e4567-e89b-12d3-a456-426614174000
repo_url: https://example.org/repo
license: apache-2.0
license_name: its-name
license_link: LICENSE
base_model: owner/Base-7B-v0.1
datasets: owner/data-v2
tags: [a, b]
pipeline_tag: text-generation
language: en
quantized_by: nobody
"""),
    card("keys with model_", """\
model_name: A name
model_author: An author
model_version: one
model_organization: Some people
model_description: A text
model_finetune: chat
model_basename: base
model_size_label: 8B
model_url: https://example.org/a
model_doi: 10.1000/1
model_uuid: u
model_repo_url: https://example.org/repo
"""),
    card("which key is first", "model_name: b\nname: a\nmodel_creator: c\nauthor: d\nmodel_type: llama\n"),
    card("the creator and the type", "model_creator: Meta\nmodel_type: llama\n"),
    card("null gives way", "name: null\nmodel_name: b\nauthor: ~\nversion:\n", folder="x-7B-v3"),
    card("a list of licenses", "license: [mit, apache-2.0]\n"),
    card("an empty list of licenses", "license: []\n"),
    card("a list of base models", """\
base_model:
- mistralai/Mistral-7B-Instruct-v0.2
- https://huggingface.co/meta-llama/Llama-2-7b
- https://huggingface.co/meta-llama/Llama-2-7b/tree/main
- https://huggingface.co/gpt2
- http://huggingface.co/a/b-1K
- https://example.org/model
- ssh://git@example.org/model
- name only
- gpt2
- ./local
- ""
- {name: Its name, author: Someone, version: v1, organization: Org, description: d, url: u, doi: x, uuid: y, repo_url: z, more: w}
- {}
- {name: null, url: ""}
"""),
    card("a base model of another key", "base_models: a/b\n"),
    card("sources of a base model", "base_model_sources: [a/b]\n"),
    card("which key of base models is first", "base_models: a/b\nbase_model: c/d\nbase_model_sources: e/f\n"),
    card("null as the base model hides the other key", "base_model: null\nbase_models: a/b\n"),
    card("no base models", "base_model: []\n"),
    card("a mapping as the base model", "base_model: {name: x}\n"),
    card("null among the base models", "base_model: [a/b, null, c/d]\n"),
    card("a list among the base models", "base_model: [a/b, [c/d]]\n"),
    card("datasets", """\
datasets:
- HuggingFaceH4/ultrachat_200k
- https://huggingface.co/datasets/cerebras/SlimPajama-627B
- https://huggingface.co/datasets/c4
- wikipedia
- name: Open text
  url: https://example.org
"""),
    card("a dataset of another key", "dataset: a/b\ndataset_sources: c/d\n"),
    card("no datasets", "datasets:\n"),
    card("a mapping among tags", "tags:\n- one\n- 'two'\n- \"3\"\n- a: b\n", parameters=(5, 5, 0, 0)),
    card("tags and a pipeline", "tags:\n- one\n- two\npipeline_tag: text-generation\n"),
    card("a pipeline alone", "pipeline_tag: fill-mask\n"),
    card("one tag", "tags: one\n"),
    card("no tags", "tags: []\nlanguage: []\n"),
    card("a mapping as tags", "tags: {a: b}\n"),
    card("languages", "languages: [de]\nlanguage:\n- en\n- no\n- fr\n"),
    card("Norwegian alone", "language: no\n"),
    card("Norwegian in a flow list", "language: [en, no]\n"),
    card("texts that look like other types", "version: '1.0'\nname: \"2024\"\nauthor: !!str 5\ntags: ['1', \"true\"]\n"),
    card("texts that are no numbers", "version: 1.0.0\nname: 08\nauthor: 1e5\ndescription: 1_a\norganization: y\n"),
    card("a number as the version", "version: 1.0\n"),
    card("a whole number as the version", "version: 2\n"),
    card("zero as the version", "version: 0\n"),
    card("a date as the version", "version: 2024-01-31\n"),
    card("a truth value as the name", "name: yes\n"),
    card("false as the license", "license: no\n"),
    card("numbers as tags", "tags: [1, 2]\n"),
    card("a number among tags", "tags: [a, 2]\n"),
    card("null among tags", "tags: [a, null]\n"),
    card("an empty text as the name", "name: ''\n"),
    case("an empty name in the configuration", config='{"_name_or_path": ""}', folder="x-7B"),
    card("a list as the name", "name: [a]\n"),
    card("a mapping as the author", "author: {a: b}\n"),
    card("an alias", "author: &who Someone\norganization: *who\ntags: &t [a, b]\nlanguage: *t\n"),
    card("a merge key", "<<: {author: Someone}\nname: x\n"),
    card("a key twice", "author: a\nauthor: b\n"),
    card("not a mapping", "- a\n- b\n"),
    card("nothing between the marks", ""),
    card("broken", "name: [a\nauthor: b\n"),
    card("an unknown tag", "name: !secret x\nauthor: b\n"),
    card("multi-line texts", "description: |\n  one\n  two\nname: 'a\n  b'\n"),
    card("comments and quotes", "name: x # not this\nauthor: \"a \\u00e9 \\t b\"\ndescription: 'it''s'\n"),
    card("emoji", "name: 🦙 llama\ntags: [日本語, é]\n"),
    card("a long model index", "name: x\nmodel-index:\n- name: y\n  results:\n  - task: {type: a}\n    metrics: [{value: 1.5}]\n"),
    case("sampling", generation="""{"sequence": "k;p", "top_k": 40, "top_p": 0.95, "min_p": 0.05, "xtc_probability": 0.1,
"xtc_threshold": 0.2, "temperature": 0.7, "penalty_last_n": 64, "penalty_repeat": 1.1, "mirostat": 2, "mirostat_tau": 5.0,
"mirostat_eta": 0.1}"""),
    case("repetition", generation='{"repetition_penalty": 1.05}'),
    case("both penalties", generation='{"repetition_penalty": 1.05, "penalty_repeat": 1.2}'),
    case("whole numbers for floats", generation='{"temperature": 1, "top_p": 1, "top_k": -1}'),
    case("null in the sampling", generation='{"temperature": null, "top_k": null}'),
    case("broken sampling", generation='{"temperature": 1,}'),
    case("empty sampling file", generation=""),
    case("an empty sequence", generation='{"sequence": ""}'),
    case("a float for top_k", generation='{"top_k": 50.0, "top_p": 0.5}'),
    case("a fraction for top_k", generation='{"top_k": 50.5, "top_p": 0.5}'),
    case("a text for the temperature", generation='{"temperature": "0.7", "top_p": 0.5}'),
    case("too large a top_k", generation='{"top_k": 3000000000, "top_p": 0.5}'),
    case("too large a temperature", generation='{"temperature": 1e39, "top_p": 0.5}'),
    case("a list as sampling", generation='[1]'),
    case("a truth value for top_k", generation='{"top_k": true}'),
]  # fmt: skip
