from experiments.headless import choose_renderer

choose_renderer()
