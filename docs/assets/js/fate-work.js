// Computes a fate map, or a part of it, in a worker: coarse first, then fine.
//
// In:  { id, …, epochs, width, height, lr: [left, right], x0: [bottom, top],
//        part, parts } starts a map and ends the one before. Of `parts` workers with
//        the same job each takes every parts-th strip of 8 rows of pixels, the first
//        the strip `part`.
// Out: { id, size, y, fates } for a strip from row y on: the fates, packed as fates.js
//        does, of its cells of size × size pixels, row by row. First all strips with
//        cells of 8, then of 4, 2, 1. A cell has the fate of its top left pixel.
//      { id, done: true } at the end.

import { classifier, rateAt, startAt } from "./fates.js"

const STRIP = 8
const PAUSE = 8 // ms of work, then let a new job in

let latest

const { port1, port2 } = new MessageChannel()
port1.start()
const breathe = () =>
  new Promise(done => {
    port1.addEventListener("message", done, { once: true })
    port2.postMessage(0)
  })

/** Make this worker compute maps; `functionOf(job)` is the function of a job. */
export const serve = functionOf => {
  onmessage = ({ data }) => compute(data, functionOf(data))
}

async function compute(job, fn) {
  latest = job
  const { id, epochs, width, height, part, parts } = job
  const fate = classifier(fn)
  const rates = Float64Array.from({ length: width }, (_, i) => rateAt(job, i))
  const known = new Uint32Array(width * height)
  let rested = performance.now()
  for (let size = STRIP; size >= 1; size /= 2)
    for (let y = part * STRIP; y < height; y += parts * STRIP) {
      const end = Math.min(y + STRIP, height)
      const columns = Math.ceil(width / size)
      const fates = new Uint32Array(columns * Math.ceil((end - y) / size))
      let n = 0
      for (let j = y; j < end; j += size) {
        const x0 = startAt(job, j)
        for (let i = 0; i < width; i += size)
          fates[n++] = known[j * width + i] ||= fate(x0, rates[i], epochs)
        if (performance.now() - rested > PAUSE) {
          await breathe()
          if (latest !== job) return
          rested = performance.now()
        }
      }
      postMessage({ id, size, y, fates }, [fates.buffer])
    }
  postMessage({ id, done: true })
}
