// Formulas of x in Python's spelling: read, computed, differentiated, written again.
// Nothing that is typed is run as code: every name is looked up in the tables below.

import { bending, survey } from "./minima.js"

/** The longest formula that is read, in characters. */
export const LONGEST = 500

/** The largest tree that is written out, in nodes. */
export const LARGEST = 2000

/** The largest branch that is looked into to simplify what it is in, in nodes. */
const SHORT = 60

/** What is wrong with a formula, in a sentence, and where: text.slice(start, end). */
export class ExpressionError extends Error {
  constructor(message, start = 0, end = 0) {
    super(message)
    Object.assign(this, { name: "ExpressionError", start, end })
  }
}

const fail = (message, start, end) => {
  throw new ExpressionError(message, start, end)
}

// Functions of one number: how each is computed, and its derivative.
const ONE = {
  sin: [Math.sin, "cos(x)"],
  cos: [Math.cos, "-sin(x)"],
  tan: [Math.tan, "1/cos(x)**2"],
  exp: [Math.exp, "exp(x)"],
  log: [Math.log, "1/x"],
  sqrt: [Math.sqrt, "1/(2*sqrt(x))"],
  abs: [Math.abs, "sign(x)"],
  sign: [Math.sign, "0"],
  sinh: [Math.sinh, "cosh(x)"],
  cosh: [Math.cosh, "sinh(x)"],
  tanh: [Math.tanh, "1/cosh(x)**2"],
  arcsin: [Math.asin, "1/sqrt(1 - x**2)"],
  arccos: [Math.acos, "-1/sqrt(1 - x**2)"],
  arctan: [Math.atan, "1/(1 + x**2)"],
  arcsinh: [Math.asinh, "1/sqrt(x**2 + 1)"],
  arccosh: [Math.acosh, "1/(sqrt(x - 1)*sqrt(x + 1))"],
  arctanh: [Math.atanh, "1/(1 - x**2)"],
  log2: [Math.log2, "1/(log(2)*x)"],
  log10: [Math.log10, "1/(log(10)*x)"],
  log1p: [Math.log1p, "1/(1 + x)"],
  expm1: [Math.expm1, "exp(x)"],
  cbrt: [Math.cbrt, "1/(3*cbrt(x)**2)"],
}

// Functions of a and b: here the derivative is s(a − b) a′ + s(b − a) b′.
const TWO = {
  maximum: [Math.max, "heaviside(x, 0.5)"],
  minimum: [Math.min, "heaviside(-x, 0.5)"],
  heaviside: [(a, b) => (a === 0 ? b : (1 + Math.sign(a)) / 2), "0"],
}

/** A power as C and NumPy compute it: 1 to any power is 1. */
const power = (a, b) => (a === 1 || (a === -1 && 1 / b === 0) ? 1 : Math.pow(a, b))

const RULES = new Map(Object.entries({ ...ONE, ...TWO, "**": [power] }))
const COMPUTE = new Map([
  ["+", (a, b) => a + b],
  ["-", (a, b) => a - b],
  ["*", (a, b) => a * b],
  ["/", (a, b) => a / b],
  ["neg", a => -a],
  ...[...RULES].map(([name, [compute]]) => [name, compute]),
])
const CONSTANTS = new Map([["pi", Math.PI], ["e", Math.E]])
const ALIASES = new Map([
  ["max", "maximum"],
  ["min", "minimum"],
  ["fabs", "abs"],
  ["pow", "**"],
  ...Object.keys(ONE).map(name => [name.replace("arc", "a"), name]),
])

/** What a formula may name. */
export const NAMES = ["x", ...CONSTANTS.keys(), ...Object.keys({ ...ONE, ...TWO })]

// -------------------------------------------------------------------------- trees
// A node is { op, a, b, value, id, size }: value where no x is below it, size the
// nodes of its tree. Equal nodes are one object, so a tree may share its branches.

const X = { op: "x", id: 0, size: 1 }
let nodes = new Map()
let ids = 0

function make(op, a, b, value) {
  const key = [op, a?.id, b?.id, value].join()
  if (!nodes.has(key)) {
    if (a && a.value !== undefined && !(b && b.value === undefined))
      value = COMPUTE.get(op)(a.value, b?.value)
    const size = 1 + (a?.size ?? 0) + (b?.size ?? 0)
    nodes.set(key, { op, a, b, value, id: ++ids, size })
  }
  return nodes.get(key)
}

const leaf = (op, value) => make(op, undefined, undefined, value)
const negative = node => make("neg", node)
const number = value => (value < 0 ? negative(number(-value)) : leaf("number", value))

// ------------------------------------------------------------------------ reading

const TOKEN =
  /\s*(?:((?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?)|((?:(?:np|numpy|math)\.)?([\p{L}_][\p{L}\p{M}\d_]*))|(\*\*|.))/suy
const LEVELS = new Map([["+", 1], ["-", 1], ["*", 2], ["/", 2]])

const FINITE = "A formula is made of finite numbers."
const INSTEAD = [
  ["^", "Python writes a power as **."],
  ["×·⋅∙∗•", "Write * for times."],
  ["÷∕⁄", "Write / for divided by."],
  ["–—‐‑", "Write - for minus."],
  ["√", "Write sqrt( ) for a root."],
  ["|", "Write abs( ) for | |."],
  ["[]{}", "Only round brackets ( ) have a meaning here."],
  [".", "A point stands in a number or after np or math, nowhere else."],
  ["∞", FINITE],
]
const MEANT = new Map([["ln", "log"], ["lg", "log10"], ["π", "pi"]])

const quote = text => text.replace(/^(.{19}).{2,}/su, "$1…")

// When one word may be meant by another, the surest first: but for its case, for the
// order of its letters, for one letter.
const ALIKE = [
  (a, b) => a === b,
  (a, b) => [...a].sort().join() === [...b].sort().join(),
  (a, b) =>
    Math.min(a.length, b.length) > 1 &&
    Math.abs(a.length - b.length) < 2 &&
    [...b].some((_, k) => a.startsWith(b.slice(0, k)) && a.endsWith(b.slice(k + 1))),
]

function aboutName(name, bare) {
  const plain = bare.normalize("NFKC").toLowerCase()
  if (/^(inf|infinity|nan)$/.test(plain)) return FINITE
  const near =
    MEANT.get(plain) ??
    ALIKE.map(alike => NAMES.find(one => alike(plain, one))).find(Boolean)
  if (near) return `${quote(name)} is not known. Did you mean ${near}?`
  if (!plain[1]) return `${name} is not known. The variable is x.`
  return `${quote(name)} is not known. Known are ${NAMES.join(", ")}.`
}

function aboutSign(sign) {
  const found = INSTEAD.find(([signs]) => signs.includes(sign))
  if (found) return found[1]
  const plain = sign.normalize("NFKC").replace("−", "-")
  if (plain !== sign && /^[-\d]$/.test(plain)) return `Write **${plain} for ${sign}.`
  const code = sign.codePointAt().toString(16).toUpperCase().padStart(4, "0")
  const shown = /[\p{C}\p{Z}]/u.test(sign) ? "U+" + code : sign
  return `${shown} has no meaning in a formula.`
}

function tokenize(text) {
  const tokens = []
  const all = text.trimEnd().length
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < all) {
    const [read, digits, name, bare, sign] = TOKEN.exec(text)
    const end = TOKEN.lastIndex
    const token = { text: read.trim(), start: end - read.trim().length, end }
    const wrong = message => fail(message, token.start, end)
    if (digits) {
      const value = Number(digits.replaceAll("_", ""))
      if (value === Infinity)
        wrong(`${quote(digits)} is too large: numbers end at about 1.8e308.`)
      if (/^0[\d_]*[1-9][\d_]*$/.test(digits))
        wrong(`Write ${quote(String(value))}, without a 0 before it.`)
      token.node = number(value)
    } else if (name) {
      const known = ALIASES.get(bare) ?? bare
      if (name === "x") token.node = X
      else if (CONSTANTS.has(known)) token.node = leaf(known, CONSTANTS.get(known))
      else if (RULES.has(known)) token.call = known
      else wrong(aboutName(name, bare))
    } else if (sign === "−") token.text = "-"
    else if (!/^(\*\*|[-+*/(),])$/.test(sign)) wrong(aboutSign(sign))
    tokens.push(token)
  }
  return [...tokens, { text: "", start: text.length, end: text.length }]
}

function read(text) {
  const tokens = tokenize(text)
  let at = 0

  const said = token => quote(token.text)
  const next = wanted => tokens[at].text === wanted && ++at
  const wrong = (message, from = tokens[at], to = from) =>
    fail(message, from.start, to.end)

  const join = (from, op, a, b) => {
    const node = make(op, a, b)
    const to = tokens[at - 1]
    if (Number.isFinite(node.value ?? 0) && !(op === "/" && b.value === 0)) return node
    wrong(`${quote(text.slice(from.start, to.end))} is not a finite number.`, from, to)
  }

  const binary = level => {
    const from = tokens[at]
    let left = unary()
    for (;;) {
      const op = tokens[at].text
      const its = LEVELS.get(op)
      if (!(its >= level)) return left
      at++
      left = join(from, op, left, binary(its + 1))
    }
  }

  const unary = () => {
    let minus = false
    for (;;) {
      if (next("-")) minus = !minus
      else if (!next("+")) break
    }
    const from = tokens[at]
    let node = atom(from)
    if (next("**")) node = join(from, "**", node, unary())
    return minus ? negative(node) : node
  }

  const atom = token => {
    if (token.call) return call(token)
    if (token.node) return at++, token.node
    if (next("(")) return close(token, binary(1))
    const before = tokens[at - 1]
    if (!before && !token.text) wrong("Type a formula of x, such as x**2.")
    if (!before) wrong(`Something must stand before ${said(token)}.`)
    if (!token.text) wrong(`Something must follow ${said(before)}.`, before)
    const both = `${said(before)} and ${said(token)}`
    wrong(`Something is missing between ${both}.`, before, token)
  }

  const call = token => {
    const open = tokens[++at]
    if (!next("(")) wrong(`${said(token)} needs brackets: ${said(token)}(x).`, token)
    const given = [binary(1)]
    while (next(",")) given.push(binary(1))
    close(open)
    const [count, words] = token.call in ONE ? [1, "one number"] : [2, "two numbers"]
    const message = `${said(token)} takes ${words}, not ${given.length}.`
    if (given.length !== count) wrong(message, token, tokens[at - 1])
    return join(token, token.call, ...given)
  }

  const close = (open, node) => {
    if (next(")")) return node
    if (!tokens[at].text) wrong("This ( is never closed.", open)
    unexpected()
  }

  const unexpected = () => {
    const [before, token] = [tokens[at - 1], tokens[at]]
    if (token.text === ")") wrong("There is no ( for this ).")
    if (token.text === ",") wrong("A comma has no meaning here. Write 1.5, not 1,5.")
    wrong(`Write the * between ${said(before)} and ${said(token)}.`, before, token)
  }

  const node = binary(1)
  if (tokens[at].text) unexpected()
  return node
}

/** The tree of a formula; or an ExpressionError. */
export function parse(text) {
  const { length } = text
  const message = `A formula has at most ${LONGEST} characters, this has ${length}.`
  if (length > LONGEST) fail(message, LONGEST, length)
  const [left] = /^[^=]*=|^\s*lambda[^:]*:/.exec(text) ?? [""]
  if (left) fail(`Write only what stands right of the ${left.at(-1)}.`, 0, left.length)
  nodes = new Map()
  return read(text)
}

// ---------------------------------------------------------------------- computing

// The closures of two branches (g); and, to save calls, of x itself and numbers (k).
const CLOSURES = {
  "+": {
    gg: (a, b) => x => a(x) + b(x),
    gx: a => x => a(x) + x,
    xg: (a, b) => x => x + b(x),
    gk: (a, b) => x => a(x) + b,
    kg: (a, b) => x => a + b(x),
    xk: (a, b) => x => x + b,
    kx: a => x => a + x,
  },
  "-": {
    gg: (a, b) => x => a(x) - b(x),
    gx: a => x => a(x) - x,
    xg: (a, b) => x => x - b(x),
    gk: (a, b) => x => a(x) - b,
    kg: (a, b) => x => a - b(x),
    xk: (a, b) => x => x - b,
    kx: a => x => a - x,
  },
  "*": {
    gg: (a, b) => x => a(x) * b(x),
    gx: a => x => a(x) * x,
    xg: (a, b) => x => x * b(x),
    gk: (a, b) => x => a(x) * b,
    kg: (a, b) => x => a * b(x),
    xk: (a, b) => x => x * b,
    kx: a => x => a * x,
  },
  "/": {
    gg: (a, b) => x => a(x) / b(x),
    gx: a => x => a(x) / x,
    xg: (a, b) => x => x / b(x),
    gk: (a, b) => x => a(x) / b,
    kg: (a, b) => x => a / b(x),
    xk: (a, b) => x => x / b,
    kx: a => x => a / x,
  },
}

const SMALL = [, u => u, u => u * u, u => u * u * u, u => u * u * u * u]
const product = n => u => {
  let p = u
  for (let k = 1; k < n; k++) p *= u
  return p
}

/** n where a node is x**n and is a product in Python, too: from 2 to 4. */
const timesX = ({ op, a, b }) =>
  op === "**" && a === X && b.op === "number" && [2, 3, 4].find(n => n === b.value)

/** What is asked for twice at one x is computed once. */
function remembered(f) {
  const last = new Float64Array([NaN, f(NaN)])
  return x => {
    if (Object.is(x, last[0])) return last[1]
    last[0] = x
    return (last[1] = f(x))
  }
}

/** The tree as a function of x. Outside of its domain it gives nan. */
export function compile(tree) {
  const uses = new Map()
  const count = node => {
    const before = uses.get(node) ?? 0
    uses.set(node, before + 1)
    if (before) return
    if (node.a) count(node.a)
    if (node.b) count(node.b)
  }
  count(tree)

  const built = new Map()
  const build = node => {
    if (!built.has(node)) {
      const f = fresh(node)
      built.set(node, uses.get(node) > 1 && node.size > 5 ? remembered(f) : f)
    }
    return built.get(node)
  }

  const fresh = ({ op, a, b, value }) => {
    if (value !== undefined) return () => value
    if (op === "x") return x => x
    if (op === "*" && timesX(b)) {
      // a * x**2 is a * x * x, as in Python.
      for (let k = timesX(b); k > 1; k--) a = make("*", a, X)
      b = X
    }
    if (op in CLOSURES) {
      const kind = node => (node === X ? "x" : node.value === undefined ? "g" : "k")
      const special = CLOSURES[op][kind(a) + kind(b)]
      const part = node => (special && node.value) ?? build(node)
      return (special ?? CLOSURES[op].gg)(part(a), part(b))
    }
    let f = COMPUTE.get(op)
    const n = b?.value
    const size = Math.abs(n)
    if (op === "**" && (n === 0.5 || (size <= 16 && size >= 1 && isWhole(n)))) {
      const up = SMALL[size] ?? product(size)
      f = n === 0.5 ? Math.sqrt : n > 0 ? up : u => 1 / up(u)
      b = undefined
    }
    const first = build(a)
    const second = b && build(b)
    if (b) return x => f(first(x), second(x))
    return a === X ? f : x => f(first(x))
  }
  return build(tree)
}

// ----------------------------------------------------------------- differentiating
// Every node built here has one form: a product is a fraction times powers, in a sum
// like terms are collected. So x**3/3 gives x**2, not 3*x**2*1/3.

const gcd = (a, b) => (b ? gcd(b, a % b) : a)
const isWhole = Number.isSafeInteger
const tidy = value => (isWhole(value) ? value : Number(value.toPrecision(15)))

/** n / d in lowest terms; a float where that takes more than 53 bits. */
function ratio(n, d) {
  if (!isWhole(n) || !isWhole(d)) return [n / d, 1]
  const g = gcd(Math.abs(n), Math.abs(d)) * Math.sign(d)
  return [n / g, d / g]
}

/** A number as a ratio, if it is a short decimal. */
function decimal(value) {
  for (let d = 1; d < 1e9; d *= 10)
    if (isWhole(value * d) && (value * d) / d === value) return ratio(value * d, d)
  return [value, 1]
}

const times = ([a, b], [c, d]) => ratio(a * c, b * d)
const plus = ([a, b], [c, d]) => ratio(a * d + c * b, b * d)

/** The number that a node is, where it may as well be written down. */
const literal = ({ op, a, value }) =>
  isWhole(value) || op === "number" || (op === "neg" && a.op === "number")
    ? value
    : undefined

const raised = (base, e) => (e === 1 ? base : make("**", base, number(e)))

const one = (n = 1, d = 1) => ({ ratio: [n, d], powers: new Map() })

/** Multiply a product by node**e, e being 1 or −1. */
function gather(node, e, into) {
  const { op, a, b, value, size } = node
  const add = (base, p) => into.powers.set(base, tidy((into.powers.get(base) ?? 0) + p))
  if (size > SHORT) add(node, e)
  else if ((op === "number" || isWhole(value)) && (value || e > 0)) {
    const [n, d] = decimal(value)
    into.ratio = times(into.ratio, e > 0 ? [n, d] : [d, n])
  } else if (op === "neg") {
    into.ratio = times(into.ratio, [-1, 1])
    gather(a, e, into)
  } else if (op === "*" || op === "/") {
    gather(a, e, into)
    gather(b, op === "*" ? e : -e, into)
  } else if (op === "**" && literal(b) !== undefined) add(a, e * literal(b))
  else add(node, e)
  return into
}

/** The node of a product. */
function finish({ ratio: [n, d], powers }) {
  if (n === 0) return number(0)
  for (const [sin, p] of powers) {
    const { op, a } = sin
    if (op === "sign") powers.set(sin, p % 2)
    if (op === "sin" || op === "sinh") {
      const [cos, tan] = ["cos", "tan"].map(name => make(op.replace("sin", name), a))
      const both = Math.floor(Math.min(p, -powers.get(cos)))
      if (both > 0)
        powers
          .set(sin, p - both)
          .set(cos, powers.get(cos) + both)
          .set(tan, (powers.get(tan) ?? 0) + both)
    }
  }
  const rank = ([base]) => (base.value === undefined ? base.id : -1)
  const factors = [...powers].sort((p, q) => rank(p) - rank(q))
  const over = factors.filter(([, p]) => p > 0).map(([base, p]) => raised(base, p))
  const under = factors.filter(([, p]) => p < 0).map(([base, p]) => raised(base, -p))
  // Tenths are written 0.1, thirds and quarters as fractions.
  const [top, bottom] = d % 5 === 0 && 1e15 % d === 0 ? [n / d, 1] : [n, d]
  if (Math.abs(top) !== 1 || !over.length) over.unshift(number(Math.abs(top)))
  if (bottom !== 1) under.unshift(number(bottom))
  const chain = list => list.reduce((a, b) => make("*", a, b))
  const node = under.length ? make("/", chain(over), chain(under)) : chain(over)
  return n < 0 ? negative(node) : node
}

const mul = (...all) => finish(all.reduce((into, node) => gather(node, 1, into), one()))
const div = (a, b) => finish(gather(b, -1, gather(a, 1, one())))

/** The sum of nodes, each with its sign. */
function sum(...all) {
  const terms = new Map()
  const collect = (node, sign) => {
    const { op, a, b } = node
    const short = node.size <= SHORT
    if (short && op === "neg") collect(a, -sign)
    else if (short && (op === "+" || op === "-")) {
      collect(a, sign)
      collect(b, op === "+" ? sign : -sign)
    } else {
      const { ratio: own, powers } = gather(node, 1, one())
      const rest = finish({ ratio: [1, 1], powers })
      terms.set(rest, plus(terms.get(rest) ?? [0, 1], times(own, [sign, 1])))
    }
  }
  for (const [node, sign] of all) collect(node, sign)
  const left = [...terms].filter(([, [n]]) => n !== 0)
  // What is added comes before what is taken away.
  left.unshift(...left.splice(left.findIndex(([, [n]]) => n > 0), 1))
  return left.reduce((before, [rest, [n, d]]) => {
    const term = size => finish(gather(rest, 1, one(size, d)))
    return before ? make(n < 0 ? "-" : "+", before, term(Math.abs(n))) : term(n)
  }, undefined) ?? number(0)
}

const add = (a, b) => sum([a, 1], [b, 1])
const sub = (a, b) => sum([a, 1], [b, -1])
const minus = a => sum([a, -1])

function pow(a, b) {
  const e = literal(b)
  if (e === undefined) return make("**", a, b)
  if (e === 0) return number(1)
  const inner = a.op === "**" && isWhole(e) ? literal(a.b) : undefined
  return inner === undefined ? raised(a, e) : raised(a.a, inner * e)
}

const SMART = { "+": add, "-": sub, "*": mul, "/": div, "**": pow, neg: minus }

/** The tree with another tree in the place of x. */
function put(tree, inside) {
  const { op, a, b, value } = tree
  if (value !== undefined) return tree
  if (tree === X) return inside
  const parts = [put(a, inside), b && put(b, inside)]
  return SMART[op]?.(...parts) ?? make(op, ...parts)
}

/**
 * The tree of the derivative. At a kink it is the mean of the slopes on both sides.
 * That of log(x) is 1/x, which has values for x < 0, too.
 */
export function derivative(tree) {
  const known = new Map()
  const d = node => {
    if (!known.has(node)) known.set(node, slope(node))
    return known.get(node)
  }
  const slope = node => {
    const { op, a, b, value } = node
    if (value !== undefined) return number(0)
    if (node === X) return number(1)
    if (op === "+" || op === "-" || op === "neg") return SMART[op](d(a), b && d(b))
    if (op === "*") return add(mul(d(a), b), mul(a, d(b)))
    if (op === "/") return sub(div(d(a), b), div(mul(a, d(b)), mul(b, b)))
    if (op === "**") {
      if (b.value === undefined) {
        const log = a.op === "e" ? number(1) : make("log", a)
        return mul(node, add(mul(d(b), log), div(mul(b, d(a)), a)))
      }
      const e = literal(b)
      const less = e === undefined ? sub(b, number(1)) : number(tidy(e - 1))
      return mul(b, pow(a, less), d(a))
    }
    const share = read(RULES.get(op)[1])
    if (!b) return mul(d(a), put(share, a))
    return add(mul(d(a), put(share, sub(a, b))), mul(d(b), put(share, sub(b, a))))
  }
  return d(tree)
}

// ------------------------------------------------------------------------- writing

/** Python's source, and how tightly it holds: sum 1, minus 2, product 3, power 4. */
function write(node, products) {
  const { op, a, b, value } = node
  const part = (node, least) => {
    const [text, holds] = write(node, products)
    return holds < least ? `(${text})` : text
  }
  // What is large is written as a float: Python's whole numbers have no end, and its
  // floats raise errors where they overflow.
  if (value !== undefined && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
    const text = value.toExponential().replace("Infinity", "np.inf")
    return [text.replace("NaN", "np.nan"), value < 0 ? 2 : 5]
  }
  if (op === "number") return [String(value), 5]
  if (node === X) return ["x", 5]
  if (!a) return ["np." + op, 5]
  if (op === "neg") return ["-" + part(a, 3), 2]
  if (op === "+" || op === "-") return [`${part(a, 1)} ${op} ${part(b, 3)}`, 1]
  if (products && timesX(node)) return [Array(timesX(node)).fill("x").join(" * "), 3]
  if (op === "*" || op === "/")
    return [`${part(a, 2)} ${op} ${part(b, op === "*" && timesX(b) ? 0 : 4)}`, 3]
  if (op === "**") {
    // As formatters of Python write it: blanks unless both sides are short.
    const sides = [part(a, 5), part(b, b.op === "neg" && !b.a.a ? 0 : 4)]
    return [sides.join(/^[\w.]+,-?[\w.]+$/.test(sides) ? "**" : " ** "), 4]
  }
  // NumPy's whole numbers overflow: np.abs(-2) is written as the number that it is.
  if (isWhole(value)) return [String(value), value < 0 ? 2 : 5]
  return [`np.${op}(${part(a, 0)}${b ? ", " + part(b, 0) : ""})`, 5]
}

function source(tree, products) {
  if (tree.size > LARGEST) fail("This formula is too long to be written out.")
  return write(tree, products)[0]
}

/** Python's source, for import numpy as np; of the shape of x even if constant. */
export function toPython(tree) {
  const { op, a, value } = tree
  if (value === undefined) return source(tree, true)
  if (value === 0) return "0 * x"
  const zero = make("*", number(0), X)
  return source(op === "neg" ? make("-", zero, a) : make("+", zero, tree), true)
}

const superscript = (_, e) => e.replace(/./g, c => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻")

/** The formula as it is printed: 2πx, x², −. */
export const toText = tree =>
  source(tree, false)
    .replaceAll("np.", "")
    .replaceAll("imum", "")
    .replace(/\bpi\b/g, "π")
    .replace(/ ?\*\* ?(-?\d+)(?![\d.e]| ?\*\*)/g, superscript)
    .replace(/ ?\*\* ?/g, "^")
    .replace(/(?<!(?:\/ |e[-+]?)[\d.]*)([\dπ]) \* (?=π|[xe]\b|\()/g, "$1")
    .replace(/(?<!(?:\/ |e[-+]?)[\d.]*)([\dπ]) \* (?=[a-z]{2})/g, "$1 ")
    .replace(/\babs\(([^()|]*)\)/g, "|$1|")
    .replaceAll(" * ", " · ")
    .replaceAll(" / ", "/")
    .replaceAll("-", "−")

/** How much there is to compute: the nodes of a tree, shared ones counted once. */
function extent(tree) {
  const seen = new Set()
  const visit = node => {
    if (!node || seen.has(node)) return
    seen.add(node)
    visit(node.a)
    visit(node.b)
  }
  visit(tree)
  return seen.size
}

/**
 * An object like those of functions.js, with the trees of f, f′ and f″, and the work
 * that each takes.
 */
export function functionFrom(text) {
  const tree = parse(text)
  const slope = derivative(tree)
  const trees = [tree, slope, derivative(slope)]
  const [f, df, d2f] = trees.map(compile)
  // A long formula is sampled less often, to stay within a frame or two.
  const work = trees.map(extent)
  const samples = Math.max(100, Math.min(4000, 1.2e5 / (work[0] + work[1])))
  const seen = survey(f, df, Math.round(samples))
  return {
    name: text.trim(),
    formula: toText(tree),
    f,
    df,
    d2f: bending(df, d2f, seen.minima),
    ...seen,
    trees,
    work,
  }
}
