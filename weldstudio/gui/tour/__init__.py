"""The tour: the real window goes round the main loop by its own actions, keys and mouse, and every step is checked.

It is the program's own proof that the loop works where it runs, with a display or without one, and where the pictures
of README and help come from. `hand` presses keys and waits, `steps` knows what to do and how to tell that it happened,
`run` opens the window, goes through the steps and writes the report. It reads the store by itself, from the disk: what
the window shows is what is being tested.
"""
