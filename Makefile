# make demo   builds docmill and runs a batch over examples/documents into out/
# make test   installs what the tests need and runs every test of the project
# make test-faults  the slower fault tests: a PostgreSQL failover with Patroni, and a soak; after make test
# make check  formatting, lints and the project's own rules
# make openapi  openapi.json, docs/API.md and docs/STATUS-CODES.md from the tables in the code
# make formats  docs/FORMATS.md from the table in the code
# make bench  the benchmarks; see bench/README.md
# make build  the binary, as target/debug/docmill; `make release` the optimised one

.PHONY: demo test test-faults check openapi formats bench build release examples

demo:
	@scripts/demo

test:
	@scripts/test

test-faults:
	@scripts/test-faults

check:
	@scripts/check

openapi:
	DOCMILL_UPDATE=1 cargo test --package docmill-server --test it what_is_checked_in

formats:
	DOCMILL_UPDATE=1 cargo test --package docmill-parse --test formats what_is_checked_in

bench:
	@scripts/bench

build:
	@scripts/need-compilers
	cargo build --locked --bin docmill

release:
	@scripts/need-compilers
	cargo build --locked --release --bin docmill

# Makes examples/documents anew; the made files are checked in.
examples:
	python3 -m venv target/examples-venv
	target/examples-venv/bin/pip install -q -r examples/requirements.txt
	target/examples-venv/bin/python examples/generate.py
