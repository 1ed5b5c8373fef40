// What a picture shows, in words. The verdicts are those of theory.js.

import { parabola } from "./functions.js"
import { estimate, power, text } from "./numbers.js"
import { localRegime, oneStepRate, rateLimit, regime } from "./theory.js"

const ON_A_PARABOLA = {
  "one side": "below 1/L: each epoch comes closer and stays on its side of the minimum",
  "one step": "1/L: the first epoch lands on the minimum",
  overshoot: "between 1/L and 2/L: each epoch overshoots the minimum and comes closer",
  bounce: "2/L: the run bounces from side to side, always at the same distance",
  diverge: "above 2/L: each epoch lands farther away on the other side",
}

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

/** What the rate does, near the minimum or, on a parabola, everywhere. */
export function rateWords(fn, lr, minimum) {
  if (minimum === undefined)
    return fn.trees
      ? "The page found no minimum of this function."
      : "This function has no minimum to arrive at."
  const at = `x* = ${text(minimum)}`
  const curvature = fn.d2f(minimum)
  if (fn === parabola) {
    const name = regime(lr, curvature)
    return `lr ${text(lr)} is ${ON_A_PARABOLA[name]}.`
  }
  if (curvature === Infinity)
    return `Near ${at} no rate is small enough: estimates that come near do not stay, unless they hit it exactly.`
  if (curvature === 0) return `At ${at}, f″ is 0: it sets no limit to lr.`
  const verdict = localRegime(lr, curvature)
  const product = `lr · f″(x*) = ${text(lr * curvature, 3)}`
  if (verdict === "undecided")
    return `At ${at}, ${product}: f″ alone does not say whether close estimates come closer.`
  if (verdict === "repels")
    return `At ${at}, ${product}, above 2: the minimum drives close estimates away.`
  if (lr === oneStepRate(curvature))
    return `At ${at}, ${product}: close estimates land almost on the minimum at once.`
  return lr < oneStepRate(curvature)
    ? `At ${at}, ${product}, below 1: close estimates come closer on one side.`
    : `At ${at}, ${product}, below 2: close estimates come closer from side to side.`
}

/** How far a path has come after its last epoch, and what became of it. */
export function endWords(fn, path, minimum, fate) {
  const last = path.length - 1
  const end = path[last]
  const lost = path.findIndex(x => !Number.isFinite(x))
  if (lost >= 0) {
    const undefinedFrom = path.findIndex(Number.isNaN)
    const then = undefinedFrom > lost ? `, and nan from epoch ${undefinedFrom} on` : ""
    return `The run leaves the floats: ${estimate(lost)} is ${text(path[lost])}${then}.`
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
  const out = fn.trees ? path.findIndex(x => Number.isNaN(fn.f(x))) : -1
  const outside = out < 0 ? "" : ` At ${estimate(out)} f has no value: what follows is that of f′ alone.`
  return `${place}${distance}.${fateWords(fn, fate)}${outside}`
}

/** What became of a run, as fates.js found it; nothing where that is still open. */
export function fateWords(fn, { kind, number, epoch }) {
  if (kind === "arrives")
    return ` The run arrives: at epoch ${epoch} it is within ${power(-6)} of ${text(fn.minima[number])}.`
  if (kind === "diverges") return " The run diverges."
  if (kind === "cycles") return ` The run goes round ${number} points.`
  if (kind === "chaos") return " Close runs part: chaos."
  if (kind === "stays") return " The run stays where no known minimum is."
  return ""
}
