"""How much is looked at. Beyond these a mail is still answered, with the reason ``too_large``."""

MAX_RAW = 40_000_000  # bytes of one message that are parsed at all
MAX_PARTS = 6_000  # MIME parts
MAX_DEPTH = 12  # nested multiparts and messages
MAX_HEADER_BYTES = 262_144  # of one part's header block
MAX_HEADER = 8_192  # characters of one header value
MAX_TEXT_PARTS = 60  # text parts that are decoded
MAX_PART_BYTES = 1_000_000  # decoded bytes of one text part
MAX_MARKUP = 600_000  # characters of HTML given to the parser
MAX_TEXT = 200_000  # characters of visible text kept
MAX_READ = 24_000  # characters of it that rules look at
MAX_LINE = 4_000  # characters of a line that a rule looks at
MAX_LINKS = 400
MAX_PDF_BYTES = 30_000_000
MAX_PDF_PAGES = 12
