"""The rules of the corpus: the severity of each (error, warning, note), and the level at which it is judged."""

_RULES = """
structure error    C1-TRUNCATED C2-MAGIC C2-TRUNCATED C3-ENDIAN C3-VERSION C4-LIMIT C4-TRUNCATED C5-LIMIT C6-LIMIT
structure error    C6-KEY C7-DUPLICATE C8-ALIGN C9-TYPE C10-VALUE C11-LIMIT C11-UTF8
structure error    C12-TYPE C12-LIMIT C12-TRUNCATED C12-NESTING C14-LIMIT C14-NAME C14-UTF8 C14-DUPLICATE
structure error    C15-DIMS C16-OVERFLOW C17-ENCODING C17-BLOCK C17-OVERFLOW C18-OFFSET C19-BOUNDS C19-OVERFLOW
structure error    C21-TRAILING C23-SCHEMA C23-SPLIT C23-DUPLICATE
structure warning  C8-SMALL C14-LONG C15-SCALAR C20-MISSING
structure note     C3-OLD C6-STYLE
data      error    C20-PADDING
data      warning  E17.1-NOT_FINITE E17.2-NOT_FINITE E17.3-DIGITS
data      note     E17.4-CODE
structure error    S1.1-TRUNCATED S1.2-LIMIT S2.1-JSON S2.2-UTF8 S2.2-JSON S2.3-NESTING S2.3-LIMIT S3.1-LIMIT
structure error    S3.2-DUPLICATE S3.3-JSON S4.1-JSON S4.2-DTYPE S4.3-JSON S4.3-LIMIT S5.5-OVERFLOW S5.6-SIZE
structure error    S6.1-COVERAGE S6.1-TRUNCATED
structure warning  S4.1-FIELD
data      error    S5.1-VALUE
data      warning  S5.7-NOT_FINITE
structure error    S7.1-JSON S7.1-UTF8 S7.1-NESTING S7.1-LIMIT S7.2-JSON S7.2-DUPLICATE S7.2-LIMIT S7.3-PATH
structure error    S8.1-SHARD S8.2-SHARD S8.2-DUPLICATE S8.3-SHARD
structure error    M6-SCHEMA
structure warning  M6-WIDTH
model     error    M7-MISSING M8-MISSING M8-VALUE M9-MISSING M9-SHAPE M10-MISSING M10-LENGTH M10-ID M10-DUPLICATE
model     warning  M9-UNKNOWN M10-MODEL M10-INCOMPLETE M10-VOCABULARY M10-TYPE M10-MERGE
model     note     M7-UNKNOWN M7-PART M9-EMPTY M10-TEMPLATE
"""

SEVERITY, LEVEL = {}, {}
for _line in _RULES.strip().splitlines():
    _level, _severity, *_ids = _line.split()
    for _id in _ids:
        SEVERITY[_id], LEVEL[_id] = _severity, _level

# Errors that a reader of the header has no reason to look for.
NOT_OF_READERS = {"C21-TRAILING", "M6-SCHEMA"}


def is_refusal(rule):
    """Whether opening a file that breaks the rule fails."""
    return SEVERITY[rule] == "error" and LEVEL[rule] == "structure" and rule not in NOT_OF_READERS
