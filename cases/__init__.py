"""The approval domain: projects, stages, items, tasks, limits and holds, and the use cases that change them."""
