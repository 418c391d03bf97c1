"""llama.cpp, through the xllamacpp wheel: each model in a process of its own, which takes its log and its threads along."""

import json
import subprocess
import sys

import numpy


def run(script, path, *arguments):
    """What a script prints as JSON; it finds the model's server in `server`, and its arguments in `arguments`."""
    run = subprocess.run(
        [sys.executable, "-c", SERVER + script, str(path), json.dumps(arguments)],
        capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise AssertionError(f"llama.cpp does not run {path}:\n{run.stderr[-2000:]}")
    return json.loads(run.stdout)


def completions(path, prompts, count=16, adapter=None):
    """The text and the tokens after each prompt, always the likeliest one, and how many tokens the prompt has."""
    return run(COMPLETIONS, path, list(prompts), count, adapter and str(adapter))


def embeddings(path, texts):
    """The embedding of each text, of length 1, and how many tokens the text has."""
    answers = run(EMBEDDINGS, path, list(texts))
    vectors = numpy.array([vector for vector, _ in answers])
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True), [count for _, count in answers]


SERVER = """
import json, sys, xllamacpp
arguments = json.loads(sys.argv[2])
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_ctx = 512
parameters.n_parallel = 1
# Threads wait for each other in circles: on busy cores two are slower than one.
parameters.cpuparams.n_threads = 1
parameters.cpuparams_batch.n_threads = 1
parameters.warmup = False
"""

COMPLETIONS = """
prompts, count, adapter = arguments
if adapter:
    lora = xllamacpp.CommonAdapterLoraInfo()
    lora.path = adapter
    lora.scale = 1.0
    parameters.lora_adapters = [lora]
server = xllamacpp.Server(parameters)
answers = []
for prompt in prompts:
    answer = server.handle_completions(
        {"prompt": prompt, "n_predict": count, "temperature": 0, "seed": 1, "logprobs": 1})
    choice = answer["choices"][0]
    tokens = [it["id"] for it in choice["logprobs"]["content"]]
    answers.append({"text": choice["text"], "tokens": tokens, "promptTokens": answer["usage"]["prompt_tokens"]})
print(json.dumps(answers))
"""

EMBEDDINGS = """
parameters.embedding = True
server = xllamacpp.Server(parameters)
answers = []
for text in arguments[0]:
    answer = server.handle_embeddings({"input": text})
    answers.append([answer["data"][0]["embedding"], answer["usage"]["prompt_tokens"]])
print(json.dumps(answers))
"""
