// The Python program that draws what the Playground shows, with the package.

/** A float as Python writes it. */
const python = value => (Number.isInteger(value) ? value.toFixed(1) : String(value))

const PICTURES = {
  curve: "plot_path(function, path, ax=left)",
  cobweb: "plot_cobweb(function, lr, x0, epochs, ax=left)",
  error: "plot_errors([path], minimum, ax=right)",
  estimate: "plot_estimates([path], ax=right)",
}

/** A complete program for a function and a state; `source` turns a tree into Python. */
export function program(fn, { x0, lr, epochs, left, right }, source) {
  const [f, df, d2f] = fn.trees.map(source)
  const used = [PICTURES[left], PICTURES[right]].map(one => one.split("(")[0])
  const minima = fn.minima.map(python).join(", ") + (fn.minima.length ? "," : "")
  const nearest =
    right === "error"
      ? "minimum = min(function.minima, key=lambda x: abs(x - path[-1]))\n"
      : ""
  return `import matplotlib.pyplot as plt
import numpy as np

from gd_tutorial import Function, gradient_descent
from gd_tutorial.plotting import ${["describe", ...used].sort().join(", ")}

plt.style.use("gd_tutorial.tutorial")

function = Function(
    name="mine",
    f=lambda x: ${f},
    df=lambda x: ${df},
    d2f=lambda x: ${d2f},
    domain=(${fn.domain.map(python).join(", ")}),
    minima=(${minima}),
)
x0, lr, epochs = ${python(x0)}, ${python(lr)}, ${epochs}
path = gradient_descent(function.df, x0, lr, epochs)
print(path[-1])
${nearest}
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6))
${PICTURES[left]}
${PICTURES[right]}
describe(figure, "Gradient descent on a function of my own.")
plt.show()
`
}
