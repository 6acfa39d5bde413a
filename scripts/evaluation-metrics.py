"""Writes test/fixtures/metrics/evaluation.json: metrics of random cases by scikit-learn and SciPy.

Needs scikit-learn: python scripts/evaluation-metrics.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, recall_score, top_k_accuracy_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

OUT = Path(__file__).parent.parent / "test" / "fixtures" / "metrics" / "evaluation.json"
KS = [1, 5, 10]


def listed(values: np.ndarray) -> list:
    return np.asarray(values, dtype=float).round(6).ravel().tolist()


def classification(rng: np.random.Generator, videos: int, classes: int) -> dict:
    labels = rng.integers(0, classes, videos)
    scores = rng.normal(size=(videos, classes))
    scores[np.arange(videos), labels] += 1
    scores = scores.round(6)
    predicted = scores.argmax(1)
    every = np.arange(classes)
    return {
        "classes": classes,
        "labels": labels.tolist(),
        "scores": listed(scores),
        "top": {str(k): top_k_accuracy_score(labels, scores, k=k, labels=every) for k in (1, 5)},
        "confusion": confusion_matrix(labels, predicted, labels=every).tolist(),
        "recall": recall_score(labels, predicted, labels=every, average=None).tolist(),
    }


def neighbours(rng: np.random.Generator, train: int, test: int, size: int, k: int) -> dict:
    classes = 6
    centres = rng.normal(size=(classes, size))
    labels, queries = rng.integers(0, classes, train), rng.integers(0, classes, test)
    x = (centres[labels] + rng.normal(size=(train, size)) + 0.5).round(4)
    y = (centres[queries] + rng.normal(size=(test, size)) + 0.5).round(4)
    temperature = 0.07

    def weigh(distances: np.ndarray) -> np.ndarray:
        return np.exp((1 - distances) / temperature)

    vote = KNeighborsClassifier(k, metric="cosine", algorithm="brute", weights=weigh).fit(x, labels)
    mean = x.mean(0)
    nearest = NearestNeighbors(n_neighbors=max(KS), metric="cosine").fit(x - mean)
    rows = nearest.kneighbors(y - mean, return_distance=False)
    found = labels[rows] == queries[:, None]
    return {
        "size": size,
        "k": k,
        "temperature": temperature,
        "classes": classes,
        "train": listed(x),
        "trainLabels": labels.tolist(),
        "test": listed(y),
        "testLabels": queries.tolist(),
        "voted": vote.predict(y).tolist(),
        "shares": listed(vote.predict_proba(y)),
        "recall": {str(k): float(found[:, :k].any(1).mean()) for k in KS},
        "nearest": rows[:, 0].tolist(),
    }


def interval(hits: int, videos: int) -> dict:
    ci = binomtest(hits, videos).proportion_ci(0.95, method="wilson")
    return {"hits": hits, "videos": videos, "low": ci.low, "high": ci.high}


def main() -> None:
    rng = np.random.default_rng(7)
    cases = {
        "about": "Made by scripts/evaluation-metrics.py with scikit-learn and SciPy.",
        "classification": [classification(rng, 60, 8), classification(rng, 40, 23)],
        "neighbours": [neighbours(rng, 50, 30, 5, 7), neighbours(rng, 24, 19, 9, 20)],
        "intervals": [interval(*case) for case in [(0, 7), (1, 3), (57, 96), (3783, 3783)]],
    }
    OUT.write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
