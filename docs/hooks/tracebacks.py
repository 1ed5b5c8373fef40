"""Tracebacks as a reader needs them: they start at the reader's own line."""

import traceback


def from_own_line(error, file, machinery):
    """Describe an exception without the frames of whatever ran the program.

    Parameters
    ----------
    error : BaseException
        What ended the program.
    file : str
        What the program is called where it was compiled.
    machinery : str
        The file that ran it; its frames are left out at the end, too, where the
        program called something that the machinery put in place.

    Returns
    -------
    line : int or None
        The last line of the program that was under way; None where there is none.
    text : str
        The traceback as Python prints it.
    """
    line = error.lineno if isinstance(error, SyntaxError) else None
    if line is not None and error.filename != file:
        line = None
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != file:
        trace = trace.tb_next
    first = trace
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    shown = traceback.TracebackException(type(error), error, first)
    while shown.stack and shown.stack[-1].filename == machinery:
        shown.stack.pop()
    return line, "".join(shown.format())


def last_line(error):
    """What Python prints at the very end: the kind of error and its message."""
    return "".join(traceback.format_exception_only(error)).strip().split("\n")[-1]
