# Everything that people run. Each target is a small script in tools/.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then echo $$p; break; fi; done)

.PHONY: demo test lint build pictures clean python
.DEFAULT_GOAL := demo

demo: python       ## the product with demo content, on http://127.0.0.1:8000/ (PORT, DATA_DIR)
	@exec $(PYTHON) -m tools.demo

test: python       ## everything: linters, types, SQLite, PostgreSQL with Redis, browser
	@exec $(PYTHON) -m tools.test

lint: python       ## formatting, linters, types and floors only
	@exec $(PYTHON) -m tools.test --lint

build: python      ## the virtual environment and the viewer
	@exec $(PYTHON) -m tools.prepare

pictures: python   ## photographs of the pages for docs/pictures (needs Chromium)
	@exec $(PYTHON) -m tools.pictures

clean:             ## removes what was built; keeps the data in var/
	rm -rf .venv build frontend/static/viewer frontend/viewer/node_modules .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo "Reading Room needs Python 3.11 or newer (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python@3.13)." >&2; exit 1; }
