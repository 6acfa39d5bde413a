"""Writes test/fixtures/metrics/evaluation-streams.json: two streams that answer together.

Clip features of random videos in two streams, evaluated by NumPy in float64. As in
eval/merge_2stream_prob.py of TengdaHan/CoCLR, probabilities of two classifiers are averaged, and the
cosines of both streams, each centred by itself, are added; here they are averaged, which ranks alike.

Needs NumPy: python scripts/evaluation-streams.py
"""

import json
from pathlib import Path

import numpy as np

OUT = Path(__file__).parent.parent / "test" / "fixtures" / "metrics" / "evaluation-streams.json"
CLASSES, CLIPS = 3, 2
SIZES = {"rgb": 4, "flow": 4}
KS = [1, 5, 10, 20, 50]
PROBE = {"epochs": 12, "lr": 0.2, "weightDecay": 0.01}
KNN = {"k": 5, "temperature": 0.2}
# Of the map.
NEIGHBOURS = 4


def listed(values: np.ndarray) -> list:
    return np.asarray(values, dtype=float).round(6).ravel().tolist()


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def clips_of(rng: np.random.Generator, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    count, size = len(labels), centres.shape[1]
    clips = centres[labels][:, None] + 1.3 * rng.normal(size=(count, CLIPS, size))
    return (clips * rng.uniform(0.3, 2, (count, CLIPS, 1)) + 1).round(4)


def logits_of(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """SGD with momentum 0.9 on all clips at once, on standardised features: [N, clips, classes]."""
    x, y = train.reshape(-1, train.shape[-1]), np.repeat(labels, CLIPS)
    mean, deviation = x.mean(0), x.std(0)
    x = (x - mean) / deviation
    weights, bias = np.zeros((x.shape[1], CLASSES)), np.zeros(CLASSES)
    moving = [np.zeros_like(weights), np.zeros_like(bias)]
    for epoch in range(PROBE["epochs"]):
        rate = PROBE["lr"] * (1 + np.cos(np.pi * epoch / PROBE["epochs"])) / 2
        error = (softmax(x @ weights + bias) - np.eye(CLASSES)[y]) / len(x)
        gradients = [x.T @ error + PROBE["weightDecay"] * weights, error.sum(0)]
        moving = [0.9 * old + new for old, new in zip(moving, gradients)]
        weights, bias = weights - rate * moving[0], bias - rate * moving[1]
    return ((test - mean) / deviation) @ weights + bias


def classified(shares: np.ndarray, clip_shares: np.ndarray, truth: np.ndarray) -> dict:
    return {
        "top1": float((shares.argmax(1) == truth).mean()),
        "clipTop1": float((clip_shares.argmax(2) == truth[:, None]).mean()),
        "probabilities": listed(shares),
    }


def cosines(train: np.ndarray, test: np.ndarray, form: str) -> np.ndarray:
    """Of one stream: `none`, `train` or `splits` says what is taken off."""
    scale = unit if form == "splits" else lambda rows: rows
    keys, queries = scale(train).mean(1), scale(test).mean(1)
    if form != "none":
        mean = queries.mean(0) if form == "splits" else keys.mean(0)
        keys, queries = keys - keys.mean(0), queries - mean
    return unit(queries) @ unit(keys).T


def nearest(similarity: np.ndarray) -> tuple[np.ndarray, dict]:
    order = np.argsort(-similarity, axis=1, kind="stable")
    near = np.take_along_axis(similarity, order[:, :10], 1)
    return order, {"nearest": order[:, :10].tolist(), "cosines": listed(near)}


def retrieval(similarity: np.ndarray, labels: np.ndarray, truth: np.ndarray) -> dict:
    order, near = nearest(similarity)
    found = labels[order] == truth[:, None]
    return {"scores": {f"R@{k}": float(found[:, :k].any(1).mean()) for k in KS}, **near}


def knn(similarity: np.ndarray, labels: np.ndarray, truth: np.ndarray) -> dict:
    order = np.argsort(-similarity, axis=1, kind="stable")[:, : KNN["k"]]
    near = np.take_along_axis(similarity, order, 1)
    weights = np.exp(near / KNN["temperature"])
    votes = np.stack([(weights * (labels[order] == c)).sum(1) for c in range(CLASSES)], 1)
    shares = votes / votes.sum(1, keepdims=True)
    return {"top1": float((votes.argmax(1) == truth).mean()), "shares": listed(shares)}


def purity(streams: list[dict], labels: np.ndarray) -> float:
    """Share of the nearest videos of all, test and training, that have the same class."""
    similarity = np.zeros((len(labels), len(labels)))
    for one in streams:
        means = np.concatenate([one["test"].mean(1), one["train"].mean(1)])
        rows = unit(means - means.mean(0))
        similarity += rows @ rows.T / len(streams)
    np.fill_diagonal(similarity, -np.inf)
    near = np.argsort(-similarity, axis=1, kind="stable")[:, :NEIGHBOURS]
    return float((labels[near] == labels[:, None]).mean())


def main() -> None:
    rng = np.random.default_rng(29)
    labels, truth = np.arange(14) % CLASSES, np.arange(12) % CLASSES
    streams = {}
    for name, size in SIZES.items():
        centres = rng.normal(size=(CLASSES, size))
        streams[name] = {"train": clips_of(rng, labels, centres), "test": clips_of(rng, truth, centres)}
    logits = {name: logits_of(one["train"], labels, one["test"]) for name, one in streams.items()}
    clip_shares = {name: softmax(one) for name, one in logits.items()}
    of_logits = {name: softmax(one.mean(1)) for name, one in logits.items()}
    of_shares = {name: one.mean(1) for name, one in clip_shares.items()}

    def both(parts: dict) -> np.ndarray:
        return (parts["rgb"] + parts["flow"]) / 2

    def similarity(form: str) -> dict:
        return {name: cosines(one["train"], one["test"], form) for name, one in streams.items()}

    cases = {
        "about": "Made by scripts/evaluation-streams.py with NumPy.",
        "clips": CLIPS,
        "classes": CLASSES,
        "labels": {"train": labels.tolist(), "test": truth.tolist()},
        "streams": {
            name: {"size": SIZES[name], **{split: listed(values) for split, values in one.items()}}
            for name, one in streams.items()
        },
        "linear": {
            "settings": PROBE,
            "alone": {
                name: classified(of_logits[name], clip_shares[name], truth) for name in streams
            },
            "logits": classified(both(of_logits), both(clip_shares), truth),
            "probabilities": classified(both(of_shares), both(clip_shares), truth),
        },
        "retrieval": {
            form: retrieval(both(similarity(form)), labels, truth) for form in ("train", "splits")
        },
        "knn": {"settings": KNN, **knn(both(similarity("none")), labels, truth)},
        "map": {
            "neighbours": NEIGHBOURS,
            "both": purity(list(streams.values()), np.concatenate([truth, labels])),
            **{name: purity([one], np.concatenate([truth, labels])) for name, one in streams.items()},
        },
    }
    OUT.write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
