"""The seam between the window or command and its children: messages, run folders, starting and stopping.

A child is another process of this program (`python -m weldstudio --child ROLE`): the warm engine and the reader
live on their stdin and end when it is closed; a training run is detached and lives in its run folder. Only
`child` may reach torch, and only after it has said that it lives. The other modules are what the window and the
command line use, so they import `domain` alone.

Rejected: multiprocessing (it would import the window's modules into children, and pickles what it exchanges),
sockets (a port to guard, and nothing gained over a pipe), a job library (a folder that both sides read survives
either of them).
"""
