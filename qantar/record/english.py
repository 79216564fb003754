"""English month names and number words, for the modules that read or write English."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
ONES = tuple(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen".split()
)
TENS = tuple("twenty thirty forty fifty sixty seventy eighty ninety".split())

# "zero" to "nineteen" and the tens, with their values.
NUMBER_WORDS = dict(zip((*ONES, *TENS), (*range(20), *range(20, 100, 10)), strict=True))
