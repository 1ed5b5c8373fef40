"""What MkDocs calls: the one module here that knows MkDocs.

The work is done by plain modules: ``snippets`` finds the programs on the pages,
``runner`` runs them, ``cache`` remembers, ``pages`` and ``formulas`` write HTML,
``notebooks`` and ``wheel`` make what readers download.
"""

import base64
import re
from pathlib import Path
from typing import ClassVar
from urllib.parse import urljoin

from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

import brand
import formulas
import notebooks
import pages
import wheel
from cache import ROOT, Cache
from runner import Runner, SnippetError
from snippets import UnreadableFence, find_snippets, read_page

log = get_plugin_logger("snippets")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


class Build:
    """What is known between the events of a build; a preview keeps it for the next."""

    runner = Runner()
    cache: Cache
    previewing = False
    results: ClassVar[dict] = {}
    wheel_url = ""


def on_startup(command, dirty):
    Build.previewing = command == "serve"


def on_files(files, config):
    Build.cache = Cache(Path(config.config_file_path).parent / ".cache" / "snippets")
    texts = {
        file.src_uri: read_page(file.abs_src_path)
        for file in files.documentation_pages()
        if file.src_uri.endswith(".md") and file.abs_src_path
    }
    run_snippets(texts)
    for page_uri, results in Build.results.items():
        for number, figure in enumerate(pages.figures_of(results), start=1):
            for palette in ("light", "dark"):
                name = pages.figure_name(page_uri, number, palette)
                add(files, config, name, figure[palette])
    draw_brand(files, config)
    name, content = wheel.build_wheel(ROOT)
    add(files, config, name, content)
    Build.wheel_url = urljoin(config.site_url or "", name)
    for page_uri, text in texts.items():
        title = TITLE.search(text)
        made = notebooks.notebook(
            fill_in(text),
            page_uri,
            title.group(1) if title else page_uri,
            config.site_url or "",
            Build.wheel_url,
        )
        add(files, config, notebook_uri(page_uri), made)
    return files


def on_page_markdown(markdown, page, config, files):
    return fill_in(markdown)


def on_page_content(html, page, config, files):
    def url(number, palette):
        name = pages.figure_name(page.file.src_uri, number, palette)
        return get_relative_url(name, page.url)

    results = Build.results.get(page.file.src_uri)
    if results is not None:
        try:
            html = pages.add_results(html, results, place_of(page.file), url)
        except pages.PageError as error:
            complain(str(error))
        notebook = get_relative_url(notebook_uri(page.file.src_uri), page.url)
        html += (
            '\n<p class="gd-download" data-search-exclude>'
            f'<a href="{notebook}" download>This page as a notebook</a></p>'
        )
    html = pages.wrap_tables(html)
    page.meta["math"] = formulas.has_math(html)
    try:
        return formulas.to_plain_text(html, place_of(page.file))
    except formulas.FormulaError as error:
        raise PluginError(str(error)) from error


def on_page_context(context, page, config, nav):
    # The search index has read the page by now: the formulas it shows as words may
    # take their final form.
    page.content = formulas.to_html(page.content)
    return context


def on_post_build(config):
    Build.cache.drop_unused()


def on_shutdown():
    Build.runner.close()


# -------------------------------------------------------------------------------------


def run_snippets(texts):
    """Fill ``Build.results`` with what the snippets of all pages printed and drew."""
    jobs, known = {}, {}
    for page_uri, text in texts.items():
        page = f"docs/{page_uri}"
        try:
            snippets = find_snippets(text, page)
        except UnreadableFence as error:
            complain(str(error))
            snippets = []
        known[page_uri] = []
        for snippet in snippets:
            key = Build.cache.key(snippet.code)
            known[page_uri].append(key)
            if key not in jobs:
                jobs[key] = (snippet, text)
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
        f"{total} snippets on {len(texts)} pages: {len(missing)} run,"
        f" {total - len(missing)} unchanged"
    )


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


def add(files, config, uri, content):
    files.append(File.generated(config, uri, content=content))


def fill_in(text):
    """Put the address of the published wheel where a page asks for it."""
    return text.replace("{{ wheel_url }}", Build.wheel_url)


def notebook_uri(page_uri):
    return str(Path(page_uri).with_suffix(".ipynb").as_posix())


def place_of(file):
    return f"docs/{file.src_uri}"


def complain(message):
    """Stop a build; in a preview, say what is wrong and go on."""
    if not Build.previewing:
        raise PluginError(message)
    log.error(message)
