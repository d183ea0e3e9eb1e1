"""What weldstudio can do with no window open: functions that take a `Store` first.

The command line and the window are two thin callers of the same functions, one module per noun or -ing word of the
vocabulary. An edit returns a `Done` with the action to undo it by; what takes longer than 100 ms is a generator that
yields `Progress` about every 30 ms and returns its report, and closing it cancels the work with the store consistent.
What people look at (filters, queues, previews) are pure functions of the mirror.

May import: store, jobs (folder, engine, process, reader), imaging, domain, paths, settings, log; never Qt, torch or
SQL. Rejected: a service object that holds a store and grows a method per feature, and callbacks for progress.
"""
