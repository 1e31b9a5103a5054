"""Limits on what is uploaded."""

LARGEST_FILE = 200 * 1024**2
LARGEST_SCAN = 100 * 1024**2  # all images of a scan together: they are merged in memory
MOST_IMAGES = 100  # files of one scan
MOST_PAGES = 300  # a TIFF may hold many
MOST_PIXELS_A_PAGE = 100_000_000  # A1 at 300 dpi has 70 million
MOST_PIXELS_DECODED = 1_000_000_000  # of one scan; what goes in as it is does not count
