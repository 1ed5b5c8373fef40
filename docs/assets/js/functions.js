// The functions of the tutorial: gd_tutorial/functions.py, operation for operation.
// Sums, products, quotients and square roots give the same bits as there.

const { abs, cos, exp, log1p, max, sin, sqrt, tanh } = Math

/** −1, 0 or 1; as in NumPy, and unlike Math.sign, that of −0 is 0. */
const sign = x => Math.sign(x) + 0

/** log(exp(a) + exp(b)), as NumPy computes it. */
const logaddexp = (a, b) =>
  a === b ? a + Math.LN2 : max(a, b) + log1p(exp(-abs(a - b)))

export const parabola = {
  name: "parabola",
  formula: "(x − 0.5)²",
  f: x => (x - 0.5) * (x - 0.5),
  df: x => 2 * (x - 0.5),
  d2f: () => 2,
  domain: [-2, 2],
  minima: [0.5],
}

const PI2 = 2 * Math.PI

export const cosineBowl = {
  name: "cosine bowl",
  formula: "cos 2πx + x²",
  f: x => cos(PI2 * x) + x * x,
  df: x => 2 * x - PI2 * sin(PI2 * x),
  d2f: x => 2 - 4 * Math.PI * Math.PI * cos(PI2 * x),
  domain: [-3, 3],
  minima: [
    -2.364397065603045,
    -1.4250674148261984,
    -0.47580245102422114,
    0.47580245102422114,
    1.4250674148261984,
    2.364397065603045,
  ],
}

export const doubleWell = {
  name: "double well",
  formula: "x⁴/4 − x²/2",
  f: x => (x * x * x * x) / 4 - (x * x) / 2,
  df: x => x * x * x - x,
  d2f: x => 3 * x * x - 1,
  domain: [-2, 2],
  minima: [-1, 1],
}

export const quartic = {
  name: "quartic",
  formula: "x⁴",
  f: x => x * x * x * x,
  df: x => 4 * x * x * x,
  d2f: x => 12 * x * x,
  domain: [-2, 2],
  minima: [0],
}

export const cubic = {
  name: "cubic",
  formula: "x³",
  f: x => x * x * x,
  df: x => 3 * x * x,
  d2f: x => 6 * x,
  domain: [-2, 2],
  minima: [],
}

export const plateau = {
  name: "plateau",
  formula: "1 − exp(−x²)",
  f: x => 1 - exp(-x * x),
  df: x => 2 * x * exp(-x * x),
  d2f: x => (2 - 4 * x * x) * exp(-x * x),
  domain: [-4, 4],
  minima: [0],
}

export const decay = {
  name: "decay",
  formula: "exp(−x)",
  f: x => exp(-x),
  df: x => -exp(-x),
  d2f: x => exp(-x),
  domain: [-1, 5],
  minima: [],
}

export const absolute = {
  name: "absolute",
  formula: "|x|",
  f: abs,
  df: sign,
  d2f: x => (x === 0 ? Infinity : 0),
  domain: [-2, 2],
  minima: [0],
}

export const powerKink = {
  name: "power kink",
  formula: "|x|^1.5",
  f: x => abs(x) * sqrt(abs(x)),
  df: x => 1.5 * sqrt(abs(x)) * sign(x),
  d2f: x => 0.75 / sqrt(abs(x)),
  domain: [-2, 2],
  minima: [0],
}

export const logCosh = {
  name: "log cosh",
  formula: "ln cosh x",
  f: x => logaddexp(x, -x) - Math.LN2,
  df: tanh,
  d2f: x => {
    const e = exp(-2 * abs(x))
    return (4 * e) / ((1 + e) * (1 + e))
  },
  domain: [-4, 4],
  minima: [0],
}

export const GALLERY = [
  parabola,
  cosineBowl,
  doubleWell,
  quartic,
  cubic,
  plateau,
  decay,
  absolute,
  powerKink,
  logCosh,
]

/** The function of this name, as pages and links write it; else the parabola. */
export const named = name => GALLERY.find(one => one.name === name) ?? parabola
