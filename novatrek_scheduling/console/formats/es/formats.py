# As in English: no-break spaces keep a date, and a time with its zone, on one line.
DATE_FORMAT = "D\u00a0j\u00a0M\u00a0Y"
TIME_FORMAT = "H:i"
# As the Spanish of the Americas writes numbers.
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
DATETIME_FORMAT = "j\u00a0M\u00a0Y H:i\u00a0T"
# The day of a page, in its heading.
LONG_DATE_FORMAT = r"l, j \d\e F \d\e Y"
# A moment in a sentence.
MOMENT_FORMAT = "d M H:i"
# Browsers send and take the values of date fields in this form, in every language.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"]
