// What a picture shows, in words. The verdicts are those of theory.js.

import { parabola } from "./functions.js"
import { apart, estimate, power, text } from "./numbers.js"
import { localRegime, oneStepRate, rateLimit, regime } from "./theory.js"

/** On a parabola: what a rate is, with the thresholds in numbers, and what it does. */
const ON_A_PARABOLA = {
  "one side": (one, two) =>
    `below 1/L = ${one}: each epoch comes closer and stays on its side of the minimum`,
  "one step": () => "1/L: the first epoch lands on the minimum, up to rounding",
  overshoot: (one, two) =>
    `between 1/L = ${one} and 2/L = ${two}: each epoch overshoots the minimum and comes closer`,
  bounce: () => "2/L: the run bounces from side to side, always at the same distance",
  diverge: (one, two) => `above 2/L = ${two}: each epoch lands farther away on the other side`,
}
const FAR = 1e9

/** The minimum that a path is about: the one nearest to its last finite estimate. */
export function minimumOf(fn, path, last = path.length - 1) {
  while (last > 0 && !Number.isFinite(path[last])) last--
  return fn.minima.reduce(
    (best, one) => (Math.abs(one - path[last]) < Math.abs(best - path[last]) ? one : best),
    fn.minima[0],
  )
}

/** The thresholds 1/L and 2/L at a minimum, with their names; none where f″ sets none. */
export function thresholds(fn, minimum) {
  const curvature = minimum === undefined ? 0 : fn.d2f(minimum)
  if (!(curvature > 0) || curvature === Infinity) return []
  const name = fn === parabola ? "L" : "f″"
  return [
    [oneStepRate(curvature), `1/${name}`],
    [rateLimit(curvature), `2/${name}`],
  ]
}

/** All that is said of a descent. */
export function descentWords(fn, lr, path, minimum, fate) {
  if (path[0] === minimum && path.at(-1) === minimum && path.length > 1)
    return `The start is the minimum ${text(minimum)} itself. The run stays there.`
  return `${rateWords(fn, lr, minimum)} ${endWords(fn, path, minimum, fate)}`
}

/** What the rate does, near the minimum or, on a parabola, everywhere. */
export function rateWords(fn, lr, minimum) {
  if (minimum === undefined)
    return fn.trees
      ? "The page found no minimum of this function."
      : "This function has no minimum to arrive at."
  const at = `x* = ${text(minimum)}`
  const curvature = fn.d2f(minimum)
  const limits = [oneStepRate(curvature), rateLimit(curvature)]
  if (fn === parabola) {
    const said = ON_A_PARABOLA[regime(lr, curvature)](...limits.map(one => text(one)))
    return `lr ${apart(lr, limits)} is ${said}.`
  }
  if (curvature === Infinity)
    return `At ${at} there is no finite f″: at no rate do estimates settle there, unless they hit it exactly.`
  if (curvature === 0)
    return `At ${at}, f″ is 0: close estimates come closer at any rate, but ever more slowly.`
  const verdict = localRegime(lr, curvature)
  const product = `lr · f″(x*) = ${apart(lr * curvature, [1, 2], 3)}`
  if (verdict === "undecided")
    return `At ${at}, ${product}: f″ alone does not say whether close estimates come closer.`
  if (verdict === "repels")
    return `At ${at}, ${product}, above 2: the minimum drives close estimates away.`
  if (lr === limits[0])
    return `At ${at}, ${product}: close estimates land almost on the minimum at once.`
  return lr < limits[0]
    ? `At ${at}, ${product}, below 1: close estimates come closer on one side.`
    : `At ${at}, ${product}, below 2: close estimates come closer from side to side.`
}

/** How far a path has come after its last epoch, and what became of it. */
export function endWords(fn, path, minimum, fate) {
  const last = path.length - 1
  const end = path[last]
  const out = fn.trees ? path.findIndex(x => Number.isNaN(fn.f(x))) : -1
  const outside = out < 0 || Number.isNaN(path[out]) ? "" : ` At ${estimate(out)} f has no value.`
  const lost = path.findIndex(x => !Number.isFinite(x))
  if (lost >= 0) {
    const none = path.findIndex(Number.isNaN)
    if (none === lost)
      return `f′ has no value at ${estimate(lost - 1)}: ${estimate(lost)} is nan.${outside}`
    const then = none > lost ? `, and nan from epoch ${none} on` : ""
    return `The run overflows: ${estimate(lost)} is ${text(path[lost])}${then}.${outside}`
  }
  const epochs = last === 1 ? "1 epoch" : `${last} epochs`
  const place = `After ${epochs} x = ${text(end, 6)}`
  const error = Math.abs(end - minimum)
  const distance =
    minimum === undefined
      ? ""
      : error === 0
        ? ", the minimum itself"
        : `; the error is ${text(error, 3)}`
  return `${place}${distance}.${fateWords(fn, fate, end)}${outside}`
}

/** What became of a run, as fates.js found it; nothing where that is still open. */
function fateWords(fn, { kind, number, epoch }, end) {
  if (kind === "arrives")
    return ` The run arrives: at epoch ${epoch} it is within ${power(-6)} of ${text(fn.minima[number])}.`
  if (kind === "diverges")
    return Math.abs(end) > FAR
      ? " The run diverges."
      : ` At epoch ${epoch} it was beyond ±${power(9)}.`
  if (kind === "cycles") return ` The run repeats ${number} points in turn.`
  if (kind === "chaos") return " Runs that start close together drift apart: chaos."
  if (kind === "stays")
    return fn.df(end) === 0
      ? " The slope is 0 there, and so the run stays; it is no minimum that the page knows."
      : " The steps are too short to change x any more, but this is no minimum that the page knows."
  return ""
}
