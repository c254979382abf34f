#!/bin/sh
# Records what SQLAlchemy says about the projects of test/models: record-models.sh PYTHON_WITH_20 PYTHON_WITH_14
# Projects whose name ends in _14 only run on 1.4.
set -e
here=$(dirname "$0")
for folder in "$here"/../models/*/; do
  name=$(basename "$folder")
  case "$name" in *_14) python=$2 ;; *) python=$1 ;; esac
  PYTHONDONTWRITEBYTECODE=1 "$python" "$here/mappers.py" "$folder" > "$here/../models/$name.json.new"
  mv "$here/../models/$name.json.new" "$here/../models/$name.json"
done
