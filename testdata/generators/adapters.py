"""Makes testdata/adapters: low-rank adapters of the folders in testdata/huggingface, with random weights, as PEFT saves them.

Beside each stands merged.json: values of the tensors that PEFT's own merge changes, some of each.

usage: adapters.py TESTDATA, with torch, transformers and peft
"""

import json
import pathlib
import sys

import numpy
import torch
from peft import LoraConfig, get_peft_model
from safetensors import safe_open
from transformers import AutoModel, AutoModelForCausalLM

DATA = pathlib.Path(sys.argv[1])
SAMPLES = 24
# Folder of the model, class, and what PEFT is told.
ADAPTERS = {
    "llama": ("llama-spm-f32", AutoModelForCausalLM, {
        "r": 4, "lora_alpha": 6, "target_modules": ["q_proj", "k_proj", "v_proj", "down_proj"],
        "alpha_pattern": {"layers.1.self_attn.q_proj": 10}, "rank_pattern": {"v_proj": 2}}),
    "gpt2": ("gpt2-bpe-f32", AutoModelForCausalLM, {
        "r": 2, "lora_alpha": 4, "target_modules": ["c_attn", "c_fc"], "fan_in_fan_out": True}),
    "qwen2": ("qwen2-bpe-f32", AutoModelForCausalLM, {
        "r": 3, "lora_alpha": 5, "use_rslora": True, "target_modules": ["o_proj", "embed_tokens"],
        "modules_to_save": ["norm"]}),
    "bert": ("bert-wordpiece-f32", AutoModel, {
        "r": 2, "lora_alpha": 4, "target_modules": ["query"], "bias": "lora_only"}),
}


def state(model):
    return {name: tensor.detach().numpy() for name, tensor in model.state_dict().items()}


def main():
    torch.manual_seed(1)
    for name, (folder, kind, options) in ADAPTERS.items():
        model = kind.from_pretrained(DATA / "huggingface" / folder, torch_dtype=torch.float32)
        with safe_open(DATA / "huggingface" / folder / "model.safetensors", "np") as file:
            # Tied tensors are not in the file.
            stored = {key.removeprefix("transformer.") for key in file.keys()}
        before = {key: value.copy() for key, value in state(model).items()
                  if key.removeprefix("transformer.") in stored}
        adapted = get_peft_model(model, LoraConfig(**options))
        for key, parameter in adapted.named_parameters():
            if parameter.requires_grad:
                parameter.data = torch.randn_like(parameter) * 0.2
        output = DATA / "adapters" / name
        adapted.save_pretrained(output, save_embedding_layers=False)
        (output / "README.md").unlink()
        config = output / "adapter_config.json"
        settings = json.loads(config.read_text("utf-8"))
        settings["base_model_name_or_path"] = folder
        config.write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n", "utf-8")
        merged = {}
        for key, value in state(adapted.merge_and_unload()).items():
            if key not in before or numpy.array_equal(before[key], value):
                continue
            places = numpy.random.default_rng(1).integers(0, value.size, SAMPLES)
            merged[key] = [[int(place), float(value.reshape(-1)[place])] for place in places]
        text = ",\n".join(f' {json.dumps(key)}: {json.dumps(values)}' for key, values in sorted(merged.items()))
        (output / "merged.json").write_text("{\n" + text + "\n}\n", "utf-8")


main()
