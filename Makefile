# make help
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run dev test check bench eval golden lock clean

BIN := .venv/bin
# Further words for a command: make run ARGS="--port 9000", make test ARGS="tests/infra -x"
ARGS ?=

help: ## 显示本说明
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## 建立 .venv，安装运行所需的依赖
	@tools/setup.sh runtime

setup-dev:
	@tools/setup.sh dev

run: setup ## 启动：数据库、网页、后台任务；Ctrl-C 结束
	@exec $(BIN)/goodstanding serve --demo $(ARGS)

dev: setup-dev ## 启动，代码一改就重新加载
	@exec $(BIN)/goodstanding serve --demo --reload $(ARGS)

test: setup-dev ## 运行全部测试（真实的 PostgreSQL）
	@$(BIN)/python -m pytest -n 2 $(ARGS)

check: setup-dev ## 代码检查：格式、规范、类型、依赖方向、知识数据
	$(BIN)/ruff check -q .
	$(BIN)/ruff format -q --check .
	@home=$$(mktemp -d) && trap 'rm -rf '$$home EXIT && GOODSTANDING_HOME=$$home $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m goodstanding.knowledge

bench: setup-dev ## 性能测量，每项对照一个已知基准
	@for file in $(filter-out benchmarks/eval_%,$(wildcard benchmarks/[a-z]*.py)); do \
		echo "== $$file"; $(BIN)/python $$file $(ARGS) || exit 1; done

eval: setup-dev ## 识别与解读的质量测量
	@$(BIN)/python -m benchmarks.eval $(ARGS)

golden: setup-dev ## 按现在的输出重写样板文件（请随后检查 git diff）
	@$(BIN)/python -m pytest --golden $(ARGS)

lock: setup-dev ## 按 pyproject.toml 重新锁定依赖版本（升级全部：ARGS=--upgrade）
	$(BIN)/uv pip compile -q $(ARGS) --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q $(ARGS) --generate-hashes --no-header --python-version 3.11 pyproject.toml --group dev --group bench \
		-c requirements.lock -o requirements-dev.lock
	@! grep -nE 'https?://|^-|^ *--(extra-)?index' requirements.lock requirements-dev.lock

clean: ## 删除 .venv 和缓存（数据目录 .data 保留）
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
