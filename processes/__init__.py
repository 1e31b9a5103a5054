"""Region packs: their loader, their releases, and the packs themselves as folders of data."""
