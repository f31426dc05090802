"""Hunter, Spracklen and Ahmad 2022: two sparsities are better than one."""
