"""Writes test/fixtures/metrics/evaluation-labels.json: probes on a part of the labels, and many views.

Clip features of random videos. Which videos a draw of labels takes, by an implementation of its own of
the hash and the order. Linear probes on the drawn videos as the minimum that scikit-learn finds, with
the interval over the draws by SciPy. A probe on L2-normalised features with warm-up, tested on the mean
of the probabilities of 2 clips x 3 crops, by NumPy.

Needs NumPy, SciPy and scikit-learn: python scripts/evaluation-labels.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.special import softmax
from scipy.stats import t as student
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

OUT = Path(__file__).parent.parent / "test" / "fixtures" / "metrics" / "evaluation-labels.json"
CLASSES, CLIPS, CROPS, SIZE = 3, 2, 3, 5
DECAY = 0.02
WORD = 0xFFFFFFFF


def listed(values: np.ndarray, digits: int = 6) -> list:
    return np.asarray(values, dtype=float).round(digits).ravel().tolist()


def mix(value: int) -> int:
    """The finaliser of MurmurHash3 with the shifts of splitmix32."""
    value &= WORD
    value = ((value ^ (value >> 16)) * 0x21F0AAAD) & WORD
    value = ((value ^ (value >> 15)) * 0x735A2D97) & WORD
    return value ^ (value >> 15)


def derived(*parts: int) -> int:
    state = 0x9E3779B9
    for part in parts:
        state = mix((state ^ (part & WORD)) + 0x85EBCA6B)
    return state


def fnv(text: str) -> int:
    value = 0x811C9DC5
    for unit in text.encode("ascii"):
        value = ((value ^ unit) * 0x01000193) & WORD
    return value


def drawn(names: list, labels: np.ndarray, seed: int, draw: int, rule: dict) -> list:
    """Places of the videos that keep their labels, in the order of the list."""
    taken = []
    for label in range(CLASSES):
        own = [i for i in range(len(names)) if labels[i] == label]
        own.sort(key=lambda i: derived(seed, draw, fnv(names[i])))
        if rule["labels"] == "percent":
            count = max(1, int(np.floor(rule["labelPercent"] / 100 * len(own) + 0.5)))
        else:
            count = rule["labelCount"]
        taken += own[:count]
    return sorted(taken)


def videos(rng: np.random.Generator, count: int, centres: np.ndarray) -> dict:
    labels = np.arange(count) % CLASSES
    clips = centres[labels][:, None] + rng.normal(size=(count, CLIPS * CROPS, SIZE))
    clips = clips * rng.uniform(0.2, 3, (count, CLIPS * CROPS, 1)) + 0.5
    return {"labels": labels, "clips": clips.round(4)}


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def on_part(train: dict, test: dict, places: list) -> dict:
    """The probe at its minimum: mean cross-entropy and an L2 penalty that spares the bias."""
    x = unit(train["clips"][places]).reshape(-1, SIZE)
    y = np.repeat(train["labels"][places], CLIPS * CROPS)
    model = LogisticRegression(C=1 / (len(x) * DECAY), tol=1e-10, max_iter=10_000).fit(x, y)
    logits = unit(test["clips"]) @ model.coef_.T + model.intercept_
    mean = softmax(logits.mean(1), axis=1)
    return {"top1": float(accuracy_score(test["labels"], mean.argmax(1))), "mean": mean}


def draws_of(train: dict, test: dict, names: list) -> dict:
    rule = {"labels": "perClass", "labelCount": 2}
    seed, count = 7, 4
    places = [drawn(names, train["labels"], seed, draw, rule) for draw in range(count)]
    found = [on_part(train, test, own) for own in places]
    top1 = np.array([one["top1"] for one in found])
    low, high = student.interval(
        0.95, count - 1, loc=top1.mean(), scale=top1.std(ddof=1) / np.sqrt(count)
    )
    return {
        "settings": {**rule, "labelSeed": seed, "labelDraws": count},
        "weightDecay": DECAY,
        "places": places,
        "top1": top1.tolist(),
        "interval": [max(0, low), min(1, high)],
        "probabilities": listed(found[0]["mean"]),
    }


def views(train: dict, test: dict) -> dict:
    """SGD with momentum 0.9 on all clips at once; a line up to the rate, then the cosine."""
    settings = {"epochs": 14, "warmup": 4, "lr": 6, "weightDecay": 0, "decay": "cosine"}
    x, y = unit(train["clips"]).reshape(-1, SIZE), np.repeat(train["labels"], CLIPS * CROPS)
    weights, bias = np.zeros((SIZE, CLASSES)), np.zeros(CLASSES)
    moving = [np.zeros_like(weights), np.zeros_like(bias)]
    for epoch in range(settings["epochs"]):
        warm = settings["warmup"]
        if epoch < warm:
            rate = settings["lr"] * (epoch + 1) / warm
        else:
            past = (epoch - warm) / (settings["epochs"] - warm)
            rate = settings["lr"] * (1 + np.cos(np.pi * past)) / 2
        error = (softmax(x @ weights + bias, axis=1) - np.eye(CLASSES)[y]) / len(x)
        moving = [0.9 * old + new for old, new in zip(moving, [x.T @ error, error.sum(0)])]
        weights, bias = weights - rate * moving[0], bias - rate * moving[1]
    logits = unit(test["clips"]) @ weights + bias
    answers = softmax(logits, axis=2).mean(1)
    of_logits = softmax(logits.mean(1), axis=1)
    # A test that both means pass would say nothing.
    assert np.abs(answers - of_logits).max() > 0.02
    return {
        "settings": settings,
        "top1": float((answers.argmax(1) == test["labels"]).mean()),
        "probabilities": listed(answers),
    }


def main() -> None:
    rng = np.random.default_rng(23)
    centres = 0.3 * rng.normal(size=(CLASSES, SIZE))
    train, test = videos(rng, 24, centres), videos(rng, 30, centres)
    names = [f"class_{i % CLASSES}/v_{i:03d}.avi" for i in range(24)]
    rules = [
        {"labels": "percent", "labelPercent": 1},
        {"labels": "percent", "labelPercent": 25},
        {"labels": "percent", "labelPercent": 60},
        {"labels": "perClass", "labelCount": 3},
    ]
    cases = {
        "about": "Made by scripts/evaluation-labels.py with NumPy, SciPy and scikit-learn.",
        **{"size": SIZE, "clips": CLIPS, "crops": CROPS, "classes": CLASSES, "names": names},
        "train": {name: listed(values) for name, values in train.items()},
        "test": {name: listed(values) for name, values in test.items()},
        "drawn": [
            {"rule": rule, "seed": seed, "draw": draw,
             "places": drawn(names, train["labels"], seed, draw, rule)}
            for rule in rules for seed, draw in [(1, 0), (1, 1), (5, 0)]
        ],
        "draws": draws_of(train, test, names),
        "views": views(train, test),
    }
    OUT.write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
