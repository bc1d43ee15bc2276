"""Trains a small LSTM on Shakespeare, letter by letter, and keeps what it writes on the way.

usage: python3 language.py tinyshakespeare.txt language.json      (needs PyTorch: locks/peers.lock)

One seed, one run, nothing chosen: the first letters of each sample are what the slide shows.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

UNITS, LENGTH, BATCH, RATE = 192, 64, 32, 0.004
STEPS = (10, 100, 300)  # after how many the network writes something
LETTERS, SHOWN = 240, 80


class Writer(nn.Module):
    """Letters in, scores of the next letters out."""

    def __init__(self, letters: int) -> None:
        super().__init__()
        self.letters = letters
        self.memory = nn.LSTM(letters, UNITS, batch_first=True)
        self.scores = nn.Linear(UNITS, letters)

    def forward(self, numbers, state=None):
        hot = nn.functional.one_hot(numbers, self.letters).float()
        seen, state = self.memory(hot, state)
        return self.scores(seen), state


def write(model: Writer, alphabet: str) -> str:
    """Draw letter after letter by the network's own probabilities, from a new line on."""
    written, state = [alphabet.index("\n")], None
    with torch.no_grad():
        for _ in range(LETTERS):
            scores, state = model(torch.tensor([written[-1:]]), state)
            written.append(int(torch.multinomial(scores[0, -1].softmax(0), 1)))
    return "".join(alphabet[number] for number in written[1:])


def main(source: Path, target: Path) -> None:
    torch.manual_seed(8)
    torch.set_num_threads(1)
    text = source.read_text()
    alphabet = "".join(sorted(set(text)))
    data = torch.tensor([alphabet.index(letter) for letter in text])
    model = Writer(len(alphabet))
    optimiser = torch.optim.Adam(model.parameters(), RATE)
    samples = {}
    for step in range(1, max(STEPS) + 1):
        starts = torch.randint(len(data) - LENGTH - 1, (BATCH,))
        rows = torch.stack([data[start : start + LENGTH + 1] for start in starts])
        scores, _ = model(rows[:, :-1])
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), rows[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimiser.step()
        if step in STEPS:
            samples[step] = write(model, alphabet)[:SHOWN]
            print(step, float(loss.detach()), repr(samples[step]), flush=True)
    target.write_text(json.dumps({"samples": samples}, indent=1) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
