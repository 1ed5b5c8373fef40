// The Python program that draws what the Playground shows, with the package.

const WIDTH = 88

/** A float as Python writes it. */
const python = value => (Number.isInteger(value) ? value.toFixed(1) : String(value))

/** A line, or where it is too long, its list of numbers one to a line. */
function listed(name, numbers) {
  const line = `    ${name}=(${numbers.join(", ")}${numbers.length === 1 ? "," : ""}),`
  return line.length <= WIDTH
    ? line
    : [`    ${name}=(`, ...numbers.map(one => `        ${one},`), "    ),"].join("\n")
}

/** Cut a text before each of these operators that stands outside all brackets. */
function cut(text, operators) {
  const parts = [""]
  let depth = 0
  for (const piece of text.split(/(?<=[()])|(?=[()])|(?= [-+*/]+ )/)) {
    if (!depth && operators.includes(piece.split(" ")[1]) && piece[0] === " ") parts.push("")
    parts[parts.length - 1] += piece
    depth += (piece === "(") - (piece === ")")
  }
  return parts.map(one => one.trim())
}

/** Lines that are short enough: broken before operators, behind commas and brackets. */
function folded(line) {
  const lines = ["        "]
  for (const piece of line.match(/.+?(?:\(|, |(?= [-+*/]+ )|$)/g)) {
    if ((lines.at(-1) + piece).trimEnd().length > WIDTH) lines.push("            " + piece.trimStart())
    else lines[lines.length - 1] += piece
  }
  return lines.map(one => one.trimEnd())
}

/** A function whose expression is too long for one line with its name. */
function defined(name, source) {
  const line = `    return ${source}`
  if (line.length <= WIDTH) return `def ${name}(x):\n${line}\n`
  const terms = cut(source, ["+", "-"])
  const parts = terms.length > 1 ? terms : cut(source, ["*", "/"])
  const body = parts.flatMap(folded)
  return [`def ${name}(x):`, "    return (", ...body, "    )", ""].join("\n")
}

/**
 * A complete program for a function and what the page shows of it: the state, and the
 * heights where the page cuts a pole. `sources` are f, f′ and f″ in Python.
 */
export function program(fn, sources, { x0, lr, epochs, left, right, minimum, heights }) {
  const names = ["f", "df", "d2f"]
  const inline = names.map((name, i) => `    ${name}=lambda x: ${sources[i]},`)
  const long = inline.map(line => line.length > WIDTH)
  const defs = names.map((name, i) => (long[i] ? `\n\n${defined(name, sources[i])}` : "")).join("")
  const known = fn.minima.indexOf(minimum)
  const at = known < 0 ? "" : `function.minima[${known}]`
  const pictures = {
    curve: "plot_path(function, path, ax=left)",
    cobweb: "plot_cobweb(function, lr, x0, epochs, ax=left)",
    error: `plot_errors([path], ${at}, ax=right)`,
    estimate: `plot_estimates([path], ${at && `minimum=${at}, `}ax=right)`,
  }
  const drawn = [pictures[left], pictures[right]]
  const used = ["describe", ...drawn.map(one => one.split("(")[0])].sort().join(", ")
  const cuts = left === "curve" && heights ? `left.set_ylim(${heights.map(python).join(", ")})\n` : ""
  return `import matplotlib.pyplot as plt
${sources.some(one => one.includes("np.")) ? "import numpy as np\n" : ""}
from gd_tutorial import Function, gradient_descent
from gd_tutorial.plotting import ${used}

plt.style.use("gd_tutorial.tutorial")
${defs}${defs && "\n"}
function = Function(
    name="mine",
${names.map((name, i) => (long[i] ? `    ${name}=${name},` : inline[i])).join("\n")}
${listed("domain", fn.domain.map(python))}
${listed("minima", fn.minima.map(python))}
)
x0, lr, epochs = ${python(x0)}, ${python(lr)}, ${epochs}
path = gradient_descent(function.df, x0, lr, epochs)
print(f"after {epochs} epochs: x = {path[-1]}")

figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6))
${drawn[0]}
${cuts}${drawn[1]}
describe(figure, "Gradient descent on a function of my own.")
plt.show()
`
}
