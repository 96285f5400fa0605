"""Catalogues of what staff see, and how their messages are found in the source.

python -m babel.messages.frontend extract -F processor/locale/babel.cfg -k say --no-location --sort-output -o processor/locale/processor.pot .
python -m babel.messages.frontend update -D processor -d processor/locale -i processor/locale/processor.pot --no-fuzzy-matching
python -m babel.messages.frontend compile -D processor -d processor/locale
"""
