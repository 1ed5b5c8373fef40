# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Notebook: the lecture in one piece
#
# This is the whole lecture in nine cells that you can run, change and take with you.
# The pages of the tutorial say the same with more care; each section links to its own.

# %%
import matplotlib.pyplot as plt
import numpy as np

from gd_tutorial import parabola
from gd_tutorial.plotting import describe, plot_errors, plot_estimates, plot_path

plt.style.use("gd_tutorial.tutorial")

# %% [markdown]
# ## A function and its derivative
#
# You look for the x at which f(x) = (x − 0.5)² is smallest. Its derivative is negative
# where f falls and positive where f rises, so the sign tells you on which side of the
# minimum you are. [Slope](../learn/slope.md) has more.


# %%
def f(x):
    return (x - 0.5) * (x - 0.5)


def df(x):
    return 2 * (x - 0.5)


# %% [markdown]
# ## The starts
#
# The lecture takes 2001 points from −2 to 2 and draws one of them at random. The seed
# makes the draw repeatable: you get the same start as this page.

# %%
starts = np.linspace(-2, 2, 2001)
rng = np.random.default_rng(2024)
x0 = rng.choice(starts)
print(f"{len(starts)} starts, {starts[1] - starts[0]:.3f} apart")
print(f"drawn: x = {x0:.3f}, f {f(x0):.3f}, slope {df(x0):.3f}")

# %% [markdown]
# ## The loop
#
# One epoch moves the estimate against the slope, by the learning rate $\eta$ times the
# slope:
#
# $$x_{k+1} = x_k - \eta f'(x_k)$$
#
# The history holds the start as well, so that `path[k]` is the estimate after `k`
# epochs. [The loop](../learn/loop.md) takes it apart.


# %%
def gradient_descent(df, x0, lr, epochs):
    path = [x0]
    for _ in range(epochs):
        path.append(path[-1] - lr * df(path[-1]))
    return np.array(path)


# %% [markdown]
# ## One run
#
# Start at −2 with a learning rate of 0.1.

# %%
path = gradient_descent(df, x0=-2.0, lr=0.1, epochs=20)
for k in (0, 1, 2, 3, 20):
    print(f"epoch {k:2}: x = {path[k]:7.4f}, slope {df(path[k]):7.4f}")
ax = plot_path(parabola, path)
describe(
    ax,
    "The parabola with a run of 20 epochs. It starts at -2 and comes down the left "
    "side in steps that get shorter, to 0.471, close to the minimum at 0.5.",
)
plt.show()

# %% [markdown]
# Figure: The rate stays the same, and the steps still get shorter, because the slope
# does.
#
# ## Nine runs, as in the lecture
#
# Three rates, three numbers of epochs, and a random start for each of the nine runs.

# %%
rates = [0.1, 0.01, 0.001]
runs = [(lr, epochs) for lr in rates for epochs in (100, 500, 1000)]
labels = [f"LR: {lr}, Epochs: {epochs}" for lr, epochs in runs]


def show(paths, text):
    for label, path in zip(labels, paths, strict=True):
        error = abs(path[-1] - 0.5)
        print(f"{label:23} {path[0]:6.3f} to {path[-1]:6.3f}, error {error:.1e}")
    describe(plot_estimates(paths, labels, minimum=0.5), text)
    plt.show()


show(
    [gradient_descent(df, rng.choice(starts), *run) for run in runs],
    "Nine runs from nine random starts. With rate 0.1 the estimates are at 0.5 almost "
    "at once. With 0.01 the run of 100 epochs stops on the way, at 0.337. With 0.001 "
    "the runs end between 0.2 and 0.6 away from 0.5.",
)

# %% [markdown]
# Figure: The lecture's plot. Each curve begins somewhere else, so their order mixes two
# things: the rate and the luck of the start.
#
# ## The same nine runs from one start
#
# A fair comparison changes one thing at a time. Here all nine runs start at −2.

# %%
show(
    [gradient_descent(df, -2.0, *run) for run in runs],
    "Nine runs from -2. Those of one rate lie on one curve and end at different "
    "epochs. The curve of rate 0.1 is at 0.5 within 50 epochs, that of 0.01 within "
    "500, and that of 0.001 has come to 0.162 after 1000.",
)

# %% [markdown]
# Figure: From one start there are only three curves. A longer run goes on where a
# shorter one stops.
#
# ## The error, where you can see it
#
# Five of the nine runs above seem to end at 0.5. A log axis tells them apart. And on
# this parabola you can say every estimate in advance, because one epoch multiplies the
# error by $1 - 2\eta$:
#
# $$x_k = 0.5 + (1 - 2\eta)^k (x_0 - 0.5)$$
#
# [The exact answer](../learn/exact.md) derives it.

# %%
paths = [gradient_descent(df, -2.0, lr, 1000) for lr in rates]
for lr, path in zip(rates, paths, strict=True):
    formula = 0.5 + (1 - 2 * lr) ** 100 * (-2.0 - 0.5)
    print(f"LR: {lr}, epoch 100: {path[100]:.6f}, by formula {formula:.6f}")
ax = plot_errors(paths, minimum=0.5, labels=[f"LR: {lr}" for lr in rates])
describe(
    ax,
    "Errors on a log axis over 1000 epochs: three straight lines. That of rate 0.1 is "
    "steep and ends in rounding, before epoch 200. That of 0.01 falls to 4.2e-9, and "
    "that of 0.001 only to 0.34.",
)
plt.show()

# %% [markdown]
# Figure: Straight lines: each epoch removes the same part of the error, until rounding
# takes over.
#
# ## What the nine runs show
#
# - Of these three rates the larger is the faster, from every start but 0.5 itself.
# - A small rate needs many epochs. From −2, rate 0.001 is still 0.34 off after 1000.
# - More epochs go on along the same curve. Once the error is down to rounding they
#   bring nothing.
# - A run that was stopped too early looks like an answer. Its last number does not say
#   that it is wrong; the slope there does.
#
# ## What they do not show
#
# All three rates come down on one side. Larger ones do other things.

# %%
rates = [0.3, 0.5, 0.9, 1.0, 1.1]
paths = [gradient_descent(df, -2.0, lr, 8) for lr in rates]
for lr, path in zip(rates, paths, strict=True):
    print(f"LR: {lr}:", " ".join(f"{x:6.2f}" for x in path[:6]))
ax = plot_estimates(paths, [f"LR: {lr}" for lr in rates], minimum=0.5)
describe(
    ax,
    "Five runs of eight epochs from -2. Rate 0.3 comes up to 0.5, rate 0.5 is there "
    "after one epoch, rate 0.9 swings around it in ever smaller waves, rate 1.0 jumps "
    "between -2 and 3, and the waves of rate 1.1 grow.",
)
plt.show()

# %% [markdown]
# Figure: One side, one step, overshoot, bounce, diverge. On this parabola 1.0 is the
# limit.
#
# The lecture leaves out more than this: [why 1.0 is the limit](../learn/rate.md) here
# and another number elsewhere, [how many epochs are enough](../learn/epochs.md),
# [how often random starts reverse the ranking](../learn/scenarios.md) of the runs, and
# [twelve ways to a wrong answer](../learn/wrong.md).
#
# Change the function, the start, the rates, the epochs, and run it again.
