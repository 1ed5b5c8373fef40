// The editor of a program: CodeMirror in the clothes of the page's own code.

import {
  EditorState,
  EditorView,
  bracketMatching,
  defaultKeymap,
  forceParsing,
  history,
  historyKeymap,
  indentOnInput,
  indentUnit,
  keymap,
  pythonLanguage,
  styleTags,
  syntaxHighlighting,
  tagHighlighter,
  tags as t,
} from "../vendor/codemirror/codemirror.js"

// The kinds of words that the page's code tells apart and this grammar does not.
const python = pythonLanguage.configure({
  props: [
    styleTags({
      "ExpressionStatement/String": t.docString,
      "FormatReplacement/{ FormatReplacement/} FormatConversion": t.string,
      "FormatSelfDoc FormatSpec FormatSpec/:": t.string,
      "ImportStatement/.": t.namespace,
      "Decorator/At Decorator/VariableName": t.meta,
      ': TypeDef "*" "**"': t.punctuation,
    }),
  ],
})

// The classes that the page's code has: its colours are the site's, in both palettes.
const colours = tagHighlighter([
  { tag: [t.keyword, t.meta], class: "k" },
  { tag: t.operatorKeyword, class: "ow" },
  { tag: [t.bool, t.null], class: "kc" },
  { tag: [t.function(t.definition(t.variableName)), t.className], class: "nf" },
  { tag: t.string, class: "s" },
  { tag: t.escape, class: "se" },
  { tag: t.docString, class: "sd" },
  { tag: t.number, class: "m" },
  { tag: t.comment, class: "c" },
  { tag: [t.operator, t.punctuation], class: "p" },
])

let editors = 0

/**
 * Make an empty element the editor of a program. `change` gets the code after each of the
 * reader's edits, `run` is called on Ctrl+Enter. Tab leaves the editor.
 */
export function edit(host, code, { label, change, run }) {
  const mac = /Mac|iP(hone|ad|od)/.test(navigator.platform)
  const key = mac ? "⌘ " : "Ctrl+"
  const help = document.createElement("p")
  help.id = `gd-editor-${editors++}`
  help.hidden = true
  help.textContent =
    `${key}Enter runs the program, Tab leaves the editor, ` +
    `${key}] and ${key}[ indent a line more or less.`
  // The line end that ends a program is kept, but is no line to write in.
  let last
  const shown = code => {
    const [, text, end] = /^([^]*?)(\n?)$/.exec(code.replace(/\r\n?/g, "\n"))
    last = end
    return text
  }
  let ours = false
  const read = state => state.doc.toString() + last
  // Not first in one colour, and in its own a moment later.
  const colour = () => forceParsing(view, view.state.doc.length, 500)
  const press = () => {
    run?.()
    return true
  }
  const view = new EditorView({
    parent: host,
    doc: shown(code),
    extensions: [
      history(),
      python,
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      indentOnInput(),
      bracketMatching(),
      syntaxHighlighting(colours),
      keymap.of([
        { key: "Mod-Enter", run: press },
        { key: "Ctrl-Enter", run: press },
        ...historyKeymap,
        ...defaultKeymap,
      ]),
      EditorView.contentAttributes.of({
        "aria-label": label,
        "aria-describedby": help.id,
        tabindex: "0",
      }),
      EditorView.updateListener.of(update => {
        if (update.docChanged && !ours) change?.(read(update.state))
      }),
    ],
  })
  // All lines are drawn, as for print, not only those in view: the page's own search finds
  // them, and the height is right from the start.
  view.viewState.printing = true
  colour()
  host.classList.add("gd-editor", "highlight")
  host.append(help)
  return {
    get code() {
      return read(view.state)
    },
    /** Another program in place of this one; the reader's undo brings this one back. */
    set code(code) {
      ours = true
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: shown(code) } })
      ours = false
      colour()
    },
    focus: () => view.focus(),
    end() {
      view.destroy()
      help.remove()
      host.classList.remove("gd-editor", "highlight")
    },
  }
}
