"""weldstudio: look at weld photographs, see what a network flags and where it looked, correct, retrain.

Two kinds of process: the window (Qt, never torch) and its children (torch, never Qt); they exchange JSON
lines and files. The floors, from the top, each importing only from those below it:

    __main__                the way in: window, command, or child
    gui | cli               two thin callers of the same functions
    studio                  what the program can do, with no window open
    store | jobs            the project's SQLite file; the seam between the processes
    ml                      networks and training, only ever in a child
    imaging                 one way to open a picture, for eye and model alike
    domain                  values and rules, no I/O
    settings, log, paths    under everyone

`tests/test_house.py` proves this on every run.
"""
