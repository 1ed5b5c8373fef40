// Python in a worker: fetched when the first program asks for it, then kept.
//
// In:  { id, code, before } runs a program, after what shall run before it and show
//      nothing; with `only: "prepare"` fetches what it needs.
// Out: { id, say, share } what is waited for, `share` of it done;
//      { id, print, stream }; { id, figure } as JSON; and at the end
//      { id, result }, or { id, failed, broken } with a sentence for the reader and
//      whether this worker is of no more use.

import { Downloads, Unavailable, megabytes } from "./downloads.js"

const SITE = new URL("../../", import.meta.url)
const HOME = "/home/pyodide/"

let id
let names = ""
let plan
let python
let turn = Promise.resolve()

onmessage = ({ data }) => {
  turn = turn.then(() => answer(data))
}

const say = (sentence, share) => postMessage({ id, say: sentence, share })

/** The address of a file of the core, or of a package. */
const place = name => new URL(name, new URL(plan.base, SITE))

const downloads = new Downloads((got, total) =>
  say(`Fetching ${names}, ${megabytes(total)}: ${megabytes(got)} are here.`, got / total),
)

async function answer(job) {
  id = job.id
  try {
    await prepare(job.before + job.code)
    if (!job.only) postMessage({ id, result: run(job) })
  } catch (error) {
    const broken = !(error instanceof Unavailable)
    postMessage({ id, failed: broken ? lost(error) : error.message, broken })
  }
}

/** Run a program in Python, which has all that it needs. */
function run({ code, before }) {
  const page = {
    print: (text, stream) => postMessage({ id, print: text, stream }),
    draw: figure => postMessage({ id, figure }),
  }
  say("")
  const started = performance.now()
  const result = JSON.parse(python.program.run(code, page, before))
  return { ...result, seconds: (performance.now() - started) / 1000 }
}

/** Fetch and start what a program needs and what is not there yet. */
async function prepare(code) {
  if (typeof WebAssembly !== "object")
    throw new Unavailable(
      "This browser does not run WebAssembly, which Python needs here. The program is complete: copy it and run it on your machine.",
    )
  plan ??= await readPlan(new URL("assets/python.json", SITE))
  const packages = needed(code)
  const known = packages.map(name => plan.shown[name]).filter(Boolean)
  names = list(python ? known : ["Python", ...known])
  if (!python) {
    const core = Object.values(plan.core).reduce((sum, { packed }) => sum + packed, 0)
    say(`Fetching ${names}, ${packages.length ? "more than " : ""}${megabytes(core)}.`)
  } else if (packages.length) say(`Fetching ${names}.`)
  const [started] = await Promise.all([python ?? start(), ...packages.map(fetchPackage)])
  python = started
  if (packages.length) {
    say(`Unpacking ${names}.`)
    await python.loadPackage(packages, { messageCallback() {}, errorCallback() {} })
  }
  downloads.forget()
}

/** Boot Python and put the site's own files where it finds them. */
async function start() {
  const folder = new URL(plan.base, SITE)
  const get = name => downloads.get(place(name), plan.core[name])
  const ours = Object.entries(plan.own).map(async ([file, about]) => {
    // What the site changes must not come from a cache that knew it before.
    const url = new URL(`${file}?${about.sha256.slice(0, 8)}`, SITE)
    return [file.split("/").pop(), await downloads.get(url, about)]
  })
  const [files, loader, machine] = await Promise.all([
    Promise.all(ours),
    get("pyodide.mjs"),
    get("pyodide.asm.mjs"),
    get("pyodide.asm.wasm"),
    get("python_stdlib.zip"),
  ])
  say("Starting Python.")
  serveVerified(folder)
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all([loader, machine].map(module))
  const started = await loadPyodide({
    indexURL: folder.href,
    packageBaseUrl: folder.href,
    stdLibURL: place("python_stdlib.zip").href,
    createPyodideModule,
    lockFileContents: plan.lock,
  })
  const packages = started.runPython("import site; site.getsitepackages()[0]")
  for (const [name, bytes] of files)
    if (name.endsWith(".whl")) started.unpackArchive(bytes, "wheel", { extractDir: packages })
    else started.FS.writeFile(HOME + name, bytes)
  started.program = started.pyimport("in_page")
  return started
}

/** Let what asks for a file by its address get the bytes that were verified. */
function serveVerified(folder) {
  const outside = globalThis.fetch
  globalThis.fetch = async (resource, options) => {
    const url = new URL(resource.url ?? resource, folder).href
    const bytes = await downloads.files.get(url)
    if (!bytes) return outside(resource, options)
    const type = url.endsWith(".wasm") ? "application/wasm" : "application/octet-stream"
    return new Response(bytes, { headers: { "content-type": type } })
  }
}

async function module(bytes) {
  const url = URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }))
  try {
    return await import(url)
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** The packages that a program names and that are not there yet, with all they need. */
function needed(code) {
  const { lock, needs } = plan
  const words = new Set(code.match(/\w+/g))
  const found = new Set()
  const add = name => {
    if (found.has(name)) return
    found.add(name)
    lock.packages[name].depends.forEach(add)
  }
  for (const [word, wanted] of Object.entries(needs)) if (words.has(word)) wanted.forEach(add)
  return [...found].filter(name => !python?.loadedPackages[name])
}

function fetchPackage(name) {
  const { file_name: file, sha256 } = plan.lock.packages[name]
  return downloads.get(place(file), { sha256 })
}

async function readPlan(url) {
  try {
    const answer = await fetch(url, { cache: "no-cache" })
    return await answer.json()
  } catch {
    throw new Unavailable(
      `The site’s list of what Python consists of, ${url.pathname}, could not be read. Perhaps this machine is offline. Press Run to try again.`,
    )
  }
}

const list = names =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "packages")

const lost = error =>
  `Python itself stopped working (${error?.message ?? error}). The next Run starts a new one.`
