"""Limit of a refit: a bare preconditioned L-BFGS over 17 flags at once, or one step of it for one flag; ms.

python refit_limit.py full|flip PHOTOS WIDTH
"""

import os
import time

# Children have one thread a product; this side may have all cores.
os.environ["OPENBLAS_NUM_THREADS"] = str(os.cpu_count() or 1)
import numpy as np
import refit_data
import rounds

TOLERANCE, MEMORY = 3e-5, 10
what, photos, width = rounds.arguments()[0], int(rounds.arguments()[1]), int(rounds.arguments()[2])


def measure() -> dict[str, object]:
    """One fit from nothing, or the median of ten flips, with all photos scored."""
    if what == "flip":
        return {"value": rounds.median_ms(flip, 10), "unit": "ms"}
    begin = time.perf_counter()
    logits, passes = fit()
    1 / (1 + np.exp(-logits))
    return {"value": 1000 * (time.perf_counter() - begin), "unit": "ms", "passes": passes}


def metric(vectors: np.ndarray) -> np.ndarray:
    """The inverse of the expected second derivative."""
    found = np.empty_like(vectors)
    found[:, :-1] = (vectors[:, :-1] @ axes) / (weigh[:, None] * spread + refit_data.L2) @ axes.T
    found[:, -1] = vectors[:, -1] / weigh
    return found


def look(x: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Gradient (flags, width + 1)."""
    residual = (1 / (1 + np.exp(-logits)) - y) / np.float32(photos)
    return np.c_[residual.T @ points + np.float32(refit_data.L2) * x[:, :-1], residual.sum(0)].astype(np.float32)


def fit() -> tuple[np.ndarray, int]:
    """All flags to convergence; the step is one, which the metric makes right."""
    x = np.zeros((refit_data.FLAGS, width + 1), np.float32)
    x[:, -1] = np.log(share / (1 - share))
    logits = np.tile(x[:, -1], (photos, 1))
    gradient, past = look(x, logits), []
    for number in range(200):
        first = metric(gradient)
        if (np.einsum("ij,ij->i", first, gradient) < TOLERANCE**2).all():
            return logits, number
        q, alphas = gradient.copy(), []
        for moved, change, rho in reversed(past):
            alphas.append(rho * np.einsum("ij,ij->i", moved, q))
            q -= alphas[-1][:, None] * change
        r = metric(q)
        for (moved, change, rho), alpha in zip(past, reversed(alphas), strict=True):
            r += moved * (alpha - rho * np.einsum("ij,ij->i", change, r))[:, None]
        x, before = x - r, gradient
        logits -= points @ r[:, :-1].T + r[:, -1]
        gradient = look(x, logits)
        change = gradient - before
        past = [*past, (-r, change, 1 / np.maximum(np.einsum("ij,ij->i", -r, change), 1e-12))][-MEMORY:]
    return logits, 200


def flip(number: int) -> np.ndarray:
    """The closed form of one changed label, and the flag of all photos scored."""
    gradient = np.zeros((refit_data.FLAGS, width + 1), np.float32)
    gradient[5, :-1] = points[number] / photos
    direction = metric(gradient)[5]
    return 1 / (1 + np.exp(-(points @ direction[:-1] + direction[-1])))


if __name__ == "__main__":
    points = refit_data.features(photos, width)
    points -= points.mean(0)
    points /= np.sqrt(np.einsum("ij,ij->", points, points, dtype=np.float64) / photos)
    spread, axes = (part.astype(np.float32) for part in np.linalg.eigh(points.T @ points / photos))
    y = refit_data.raised(photos).astype(np.float32)
    share = y.mean(0)
    weigh = share * (1 - share)
    rounds.serve(measure)
