"""The command line: one file per noun, each a thin caller of the functions in `studio`.

`main.run` is the way in; `answer` prints for people or for machines (`--json`), `progress` is the one loop that
drives long work, `options` holds the words that several commands share. A command reads its words, calls `studio`,
and says the result; it decides nothing. May import studio and the floors below it, and click. Modules of `studio`
are imported inside the commands, so that `--help` answers at once; torch and Qt never are (`open` is handed
a function by `__main__`).

Exit status: 0 done; 1 refused, with a sentence on stderr; 2 the words were not understood; 130 cancelled by Ctrl+C.
With `--json` the last line on stdout is one JSON object, for errors {"error": sentence}.

Rejected: a command class per verb (functions say the same in half the lines), a progress library (the work's own
generators already carry what a bar shows), and colours (they hide in logs and pipes).
"""
