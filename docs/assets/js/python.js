// The page's Python, as the page sees it: one worker, one program at a time.

let worker
let count = 0
let waiting = 0
let turn = Promise.resolve()

/**
 * Run a program, after those that were asked for before it.
 *
 * `say(sentence, share)` hears what the program waits for, `print(text, stream)` its
 * output, `draw(figure)` each figure: { light, dark, alt, width, height }. Gives
 * { error, seconds }, where `error` is null or { line, message, traceback, advice }.
 * `before` is run first and shows nothing. `signal` stops the program, and Python with
 * it: the next one gets a new Python.
 */
export function run(code, events) {
  if (waiting++) events.say?.("Waiting for another program to end.")
  const mine = turn.then(() => runNow(code, events)).finally(() => waiting--)
  turn = mine.catch(() => {})
  // One that still waits is stopped at once, too.
  const stopped = new Promise((_, failed) =>
    events.signal?.addEventListener("abort", () => failed(events.signal.reason), { once: true }),
  )
  return Promise.race([mine, stopped])
}

/** End Python: the reader leaves the page. */
export function end() {
  worker?.terminate()
  worker = undefined
}

const start = () => new Worker(new URL("./python-worker.js", import.meta.url), { type: "module" })

/** Start a new Python in the back, with what a program needs, for the next Run. */
function prepare(code) {
  worker = start()
  worker.postMessage({ id: 0, code, before: "", only: "prepare" })
}

function runNow(code, { before = "", say, print, draw, signal }) {
  signal?.throwIfAborted()
  return new Promise((done, failed) => {
    const id = ++count
    const lose = error => {
      end()
      failed(error)
    }
    const stop = () => {
      lose(signal.reason)
      prepare(before + code)
    }
    signal?.addEventListener("abort", stop, { once: true })
    worker ??= start()
    worker.onerror = ({ message }) =>
      lose(new Error(`Python could not be started${message ? ` (${message})` : ""}. Press Run to try again.`))
    let over = false
    worker.onmessage = ({ data }) => {
      if (data.id !== id || over) return
      if ("say" in data) say?.(data.say, data.share)
      else if ("print" in data) print?.(data.print, data.stream)
      else if ("figure" in data) draw?.(JSON.parse(data.figure))
      else {
        over = true
        signal?.removeEventListener("abort", stop)
        if (data.broken) lose(new Error(data.failed))
        else if (data.failed) failed(new Error(data.failed))
        else done(data.result)
      }
    }
    worker.postMessage({ id, code, before })
  })
}
