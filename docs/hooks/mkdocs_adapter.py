"""What MkDocs calls: the one module here that knows MkDocs.

The work is done by plain modules: ``snippets`` finds the programs on the pages,
``runner`` runs them, ``cache`` remembers, ``pages``, ``answers``, ``formulas`` and
``slim`` write HTML, ``styles`` trims the style sheets, ``notebooks``, ``wheel`` and
``page_python`` make what readers download, ``notebook_page`` takes over what
mkdocs-jupyter has run.
"""

import base64
import contextlib
import re
import threading
from functools import partial
from pathlib import Path
from typing import ClassVar
from urllib.parse import urljoin

from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

import answers
import brand
import exercises
import formulas
import notebook_page
import notebooks
import page_python
import pages
import slim
import styles
import wheel
from cache import ROOT, Cache
from runner import Runner, SnippetError
from snippets import UnreadableFence, find_snippets, read_page

log = get_plugin_logger("snippets")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
TEST = re.compile(r"^def test_", re.MULTILINE)
ASKED = re.compile(r"\{\{ (\w+) \}\}")
EXERCISES = "use/exercises.md"


class Build:
    """What is known between the events of a build; a preview keeps it for the next."""

    runner = Runner()
    cache: Cache
    previewing = False
    results: ClassVar[dict] = {}
    answers: ClassVar[dict] = {}
    texts: ClassVar[dict] = {}
    facts: ClassVar[dict] = {}
    """What pages may ask for by name, as in {{ wheel_url }}."""
    formulas: ClassVar[dict] = {}


def on_startup(command, dirty):
    Build.previewing = command == "serve"


def on_config(config):
    jupyter = config.plugins.get("mkdocs-jupyter")
    if jupyter is not None:
        folder = folder_for(config, "notebook")
        jupyter.config["cache_dir"] = notebook_page.prepare(folder)


def on_files(files, config):
    # The styles of docstrings are linked where some are shown (main.html).
    config.extra_css = [one for one in config.extra_css if "_mkdocstrings" not in one]
    Build.cache = Cache(folder_for(config, "snippets"))
    formulas.recall(folder_for(config, "formulas"))
    texts = {
        file.src_uri: read_page(file.abs_src_path)
        for file in files.documentation_pages()
        if file.src_uri.endswith(".md") and file.abs_src_path
    }
    Build.texts = dict(
        sorted(texts.items(), key=lambda one: place_in(config.nav, one[0]))
    )
    snippets = {uri: snippets_of(uri, text) for uri, text in Build.texts.items()}
    with notebook_beside(files, config):
        run_snippets(snippets)
    find_answers(snippets)
    for page_uri, results in Build.results.items():
        add_figures(files, config, page_uri, results)
    draw_brand(files, config)
    name, content = wheel.build_wheel(ROOT)
    add(files, config, name, content)
    for uri, made in page_python.publish(config.extra["python"], name, content).items():
        add(files, config, uri, made)
    Build.formulas = {}
    Build.facts = {"wheel_url": urljoin(config.site_url or "", name)}
    Build.facts |= page_python.facts(config.extra["python"])
    try:
        Build.facts["exercises"] = exercises.gather(Build.texts, EXERCISES)
    except exercises.ExerciseError as error:
        complain(str(error))
    lecture = files.get_file_from_path(notebook_page.PAGE)
    if lecture is not None:
        made = notebook_page.as_ipynb(
            lecture.abs_src_path, config.site_url or "", Build.facts["wheel_url"]
        )
        add(files, config, notebook_page.IPYNB, made)
        add(files, config, notebook_page.PY, read_page(lecture.abs_src_path))
    return files


def on_pre_page(page, config, files):
    if page.file.src_uri == notebook_page.PAGE:
        page.render = partial(render_notebook, page, page.render)
    return page


def on_page_markdown(markdown, page, config, files):
    asked = Build.answers.get(page.file.src_uri, [])
    return fill_in(answers.put_in(markdown, asked))


def on_page_content(html, page, config, files):
    def url(number, palette):
        name = pages.figure_name(page.file.src_uri, number, palette)
        return get_relative_url(name, page.url)

    page.meta["docstrings"] = pages.shows_docstrings(html)
    html = answers.to_elements(pages.set_apart_docstrings(html))
    results = Build.results.get(page.file.src_uri)
    if results is not None:
        try:
            cells = page.file.src_uri == notebook_page.PAGE
            html = pages.add_results(html, results, place_of(page.file), url, cells)
        except pages.PageError as error:
            complain(str(error))
        links = pages.download_html(downloads(page))
        if page.file.src_uri == notebook_page.PAGE:
            html = html.replace("</h1>", f"</h1>{links}", 1)
        else:
            html += links
        page.meta["explorables"] = pages.explorables_of(html)
        page.meta["programs"] = len(results)
        html += pages.scripts_html(html, partial(get_relative_url, other=page.url))
    html = slim.slim_code(pages.wrap_tables(html))
    Build.formulas[page.file.src_uri] = formulas.count(html)
    page.meta["math"] = Build.formulas[page.file.src_uri] > 0
    try:
        return formulas.to_plain_text(html, place_of(page.file))
    except formulas.FormulaError as error:
        raise PluginError(str(error)) from error


def on_env(env, config, files):
    """All pages are read: what they hold can be counted, and they can be offered."""
    Build.facts |= counts()
    for file in files.documentation_pages():
        file.page.content = fill_in(file.page.content)
    for page_uri, text in Build.texts.items():
        title = TITLE.search(text)
        made = notebooks.notebook(
            fill_in(text),
            page_uri,
            title.group(1) if title else page_uri,
            config.site_url or "",
            Build.facts["wheel_url"],
        )
        add(files, config, notebook_uri(page_uri), made)


def on_page_context(context, page, config, nav):
    # The search index has read the page by now: the formulas it shows as words may
    # take their final form.
    page.content = formulas.to_html(page.content)
    return context


def on_post_page(output, page, config):
    return slim.slim_page(output)


def on_post_build(config):
    formulas.remember(folder_for(config, "formulas"))
    if not Build.previewing:
        slim.slim_scripts(config.site_dir, Build.cache)
        styles.slim_styles(config.site_dir)
    Build.cache.drop_unused()


def on_shutdown():
    Build.runner.close()


# -------------------------------------------------------------------------------------


def snippets_of(page_uri, text):
    try:
        return find_snippets(text, f"docs/{page_uri}")
    except UnreadableFence as error:
        complain(str(error))
        return []


def run_snippets(snippets):
    """Fill ``Build.results`` with what the snippets of all pages printed and drew."""
    jobs, known = {}, {}
    for page_uri, found in snippets.items():
        known[page_uri] = []
        for snippet in found:
            key = Build.cache.key(snippet.code)
            known[page_uri].append(key)
            if key not in jobs:
                jobs[key] = (snippet, Build.texts[page_uri])
    results = {key: Build.cache.get(key) for key in jobs}
    missing = [key for key, result in results.items() if result is None]
    errors = []
    for key, result in zip(
        missing, Build.runner.run_all([jobs[key] for key in missing]), strict=True
    ):
        if isinstance(result, SnippetError):
            errors.append(result)
            result = {"output": str(result), "figures": []}
        else:
            Build.cache.put(key, result)
        results[key] = result
    for error in errors:
        log.error(str(error))
    if errors and not Build.previewing:
        raise PluginError(f"{len(errors)} snippets failed: {errors[0].place}")
    Build.results = {uri: [results[k] for k in keys] for uri, keys in known.items()}
    total = sum(map(len, known.values()))
    log.info(
        f"{total} snippets on {len(snippets)} pages: {len(missing)} run,"
        f" {total - len(missing)} unchanged"
    )


def find_answers(snippets):
    """Fill ``Build.answers`` with the questions of all pages and their keys."""
    Build.answers = {}
    for page_uri, found in snippets.items():
        text, results = Build.texts[page_uri], Build.results[page_uri]
        try:
            asked = answers.find_answers(text, found, results, f"docs/{page_uri}")
        except answers.AnswerError as error:
            complain(str(error))
        else:
            Build.answers[page_uri] = asked


@contextlib.contextmanager
def notebook_beside(files, config):
    """Let mkdocs-jupyter run the notebook meanwhile; it keeps the result for its page.

    What fails here fails again when the page is made, and is reported then.
    """
    jupyter = config.plugins.get("mkdocs-jupyter")
    file = files.get_file_from_path(notebook_page.PAGE)

    if jupyter is None or file is None:
        yield
        return
    page = Page(None, file, config)
    file.page = None  # MkDocs makes one of its own, with its title
    jupyter.on_pre_page(page, config, files)

    def run():
        with contextlib.suppress(Exception):
            page.render(config, files)

    ahead = threading.Thread(target=run)
    ahead.start()
    yield
    ahead.join()


def render_notebook(page, run, config, files):
    """Let mkdocs-jupyter run the notebook, then render it as all other pages."""
    path, place = page.file.abs_src_path, place_of(page.file)
    try:
        run(config, files)
        results = notebook_page.results(page.content, path, place)
    except Exception as error:
        failure = notebook_page.failure(error, path, place)
        if failure is None:
            raise
        complain(str(failure))
        results = None
    if results is not None:
        Build.results[page.file.src_uri] = results
        add_figures(files, config, page.file.src_uri, results)
    page.markdown = fill_in(notebook_page.as_markdown(path))
    Page.render(page, config, files)


def draw_brand(files, config):
    for uri, (snippet, image) in brand.PICTURES.items():
        key = Build.cache.key(snippet.code, image)
        result = Build.cache.get(key)
        if result is None:
            result = Build.runner.run(snippet, image=image)
            Build.cache.put(key, result)
        (figure,) = result["figures"]
        content = figure["light"] if image == "svg" else base64.b64decode(figure["png"])
        add(files, config, uri, content)


def folder_for(config, what):
    """Where one kind of result is kept from build to build."""
    return Path(config.config_file_path).parent / ".cache" / what


def add(files, config, uri, content):
    publish = InclusionLevel.INCLUDED
    files.append(File.generated(config, uri, content=content, inclusion=publish))


def add_figures(files, config, page_uri, results):
    for number, figure in enumerate(pages.figures_of(results), start=1):
        for palette in ("light", "dark"):
            name = pages.figure_name(page_uri, number, palette)
            add(files, config, name, figure[palette])


def downloads(page):
    """What a page offers to take along: addresses as seen from it, with their names."""
    uri = page.file.src_uri
    if uri == notebook_page.PAGE:
        offered = {
            notebook_page.IPYNB: "This page as a Jupyter notebook",
            notebook_page.PY: "as a Python script",
        }
    else:
        offered = {notebook_uri(uri): "This page as a notebook"}
    return {get_relative_url(one, page.url): name for one, name in offered.items()}


def counts():
    """What this build made, in numbers."""
    results = [one for page in Build.results.values() for one in page]
    tests = (ROOT / "tests").glob("test_*.py")
    return {
        "pages": str(len(Build.formulas)),
        "snippets": str(len(results)),
        "figures": str(sum(len(one["figures"]) for one in results)),
        "formulas": str(sum(Build.formulas.values())),
        "tests": str(sum(len(TEST.findall(read_page(path))) for path in tests)),
    }


def fill_in(text):
    """Put the facts of this build where a page asks for them."""
    return ASKED.sub(lambda name: Build.facts.get(name[1], name[0]), text)


def place_in(nav, page_uri):
    """Where a page stands in the navigation; one that does not, stands at its end."""
    order = re.findall(r"[\w/-]+\.md", str(nav))
    return order.index(page_uri) if page_uri in order else len(order)


def notebook_uri(page_uri):
    return str(Path(page_uri).with_suffix(".ipynb").as_posix())


def place_of(file):
    return f"docs/{file.src_uri}"


def complain(message):
    """Stop a build; in a preview, say what is wrong and go on."""
    if not Build.previewing:
        raise PluginError(message)
    log.error(message)
