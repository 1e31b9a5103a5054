# A thin wrapper: everything is done by ./bl, which prepares its own environment.
.DEFAULT_GOAL := help
.PHONY: help run test demo lint clauses bench check

help: ## 列出这些目标
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## 启动平台（./bl run）
	@./bl run

test: ## 运行全部测试（./bl test）
	@./bl test

demo: ## 走完一个项目的工程建设许可阶段（./bl demo）
	@./bl demo

lint: ## 检查格式、类型与模块依赖（./bl lint）
	@./bl lint

clauses: ## 运行法规条款的场景（./bl clauses）
	@./bl clauses

bench: ## 测量性能指标（./bl bench）
	@./bl bench

check: ## 持续集成所做的全部检查（.ci/run）
	@.ci/run
