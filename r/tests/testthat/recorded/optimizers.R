# Optimizer objects, groups, states, schedules, files.
p <- torch_tensor(c(3, 4), requires_grad = TRUE)
(p * p)$sum()$backward()
nn_utils_clip_grad_norm_(p, 1)
p$grad
p$grad$fill_(3)
nn_utils_clip_grad_value_(list(p), 0.5)
p$grad
mk <- function() torch_tensor(c(3, 4), dtype = torch_float64(), requires_grad = TRUE)
run <- function(f, n = 5, ...) {
  x <- mk()
  o <- f(list(x), ...)
  for (i in 1:n) {
    o$zero_grad()
    ((x - 1)^2)$sum()$backward()
    o$step()
  }
  x$detach()
}
run(optim_sgd, lr = 0.1)
run(optim_sgd, lr = 0.1, momentum = 0.9, nesterov = TRUE)
run(optim_adam, lr = 0.1)
run(optim_adam, lr = 0.1, betas = c(0.8, 0.9))
run(optim_adamw, lr = 0.1)
run(optim_adagrad, lr = 0.5)
run(optim_rmsprop, lr = 0.1)
run(optim_adadelta)
run(optim_asgd, lr = 0.1)
run(optim_rprop, lr = 0.1)
run(optim_ignite_sgd, lr = 0.1)
run(optim_ignite_adam)
run(optim_ignite_adamw)
run(optim_ignite_adagrad)
run(optim_ignite_rmsprop)
run(optim_asgd, lr = 0.1, lambda = 0.1)
run(optim_rprop, lr = 0.1, etas = c(0.4, 1.3))
x <- mk()
o <- optim_lbfgs(list(x), lr = 1)
o$step(function() {
  o$zero_grad()
  l <- ((x - 1)^2)$sum()
  l$backward()
  l
})
x$detach()
x <- mk()
y <- mk()
o <- optim_adam(list(list(params = list(x), lr = 0.5), list(params = list(y))), lr = 0.1)
length(o$param_groups)
o$param_groups[[1]]$lr
o$param_groups[[2]]$lr
o$param_groups[[1]]$lr <- 0.01
o$param_groups[[1]]$lr
o$param_groups[[1]]$betas
names(o$param_groups[[1]])[1:2]
o <- optim_sgd(x, lr = 0.1, momentum = 0.9)
o$add_param_group(list(params = list(y), lr = 0.2))
o$param_groups[[2]]$lr
o$param_groups[[2]]$momentum
(x^2 + y^2)$sum()$backward()
invisible(o$step())
x$detach()
y$detach()
sd <- o$state_dict()
names(sd)
names(sd$state)
sd$state[["1"]]$momentum_buffer
sd$param_groups[[2]]$params
x2 <- x$detach()$clone()$requires_grad_()
y2 <- y$detach()$clone()$requires_grad_()
o2 <- optim_sgd(list(x2), lr = 1, momentum = 0)
o2$add_param_group(list(params = list(y2)))
o2$load_state_dict(sd)
(x2^2 + y2^2)$sum()$backward()
invisible(o2$step())
x2$detach()
y2$detach()
o2$param_groups[[1]]$lr
is_optimizer(o)
sapply(o$param_groups, function(group) group$lr)
sched <- function(make, n = 8, opt = optim_sgd(mk(), lr = 0.1, momentum = 0.9), metric = NULL) {
  s <- make(opt)
  r <- numeric()
  for (i in 1:n) {
    r <- c(r, opt$param_groups[[1]]$lr)
    opt$step()
    if (is.null(metric)) s$step() else s$step(metric[i])
  }
  r
}
sched(function(o) lr_step(o, 2, 0.5))
sched(function(o) lr_step(o, step_size = 3))
sched(function(o) lr_lambda(o, function(e) 0.9^e))
sched(function(o) lr_multiplicative(o, lr_lambda = function(e) 0.9))
sched(function(o) lr_cosine_annealing(o, T_max = 5))
sched(function(o) lr_one_cycle(o, max_lr = 1, total_steps = 10))
sched(function(o) lr_reduce_on_plateau(o, patience = 1), metric = c(1, 1, 1, 1, 1, 1, 1, 1))
o <- optim_sgd(mk(), lr = 0.1)
s <- lr_step(o, 1, 0.5)
invisible(o$step())
invisible(s$step())
s$get_last_lr()
s$last_epoch
file <- tempfile(fileext = ".pt")
torch_save(list(a = torch_ones(2), b = list(torch_zeros(1))), file)
r <- torch_load(file)
names(r)
r$a
r$b[[1]]
torch_save(torch_ones(3), file)
torch_load(file)
torch_save(nn_linear(2, 1)$state_dict(), file)
names(torch_load(file))
with_enable_grad({
  z <- mk()
  (z * 2)$requires_grad
})
h <- mk()
hook <- h$register_hook(function(g) g * 2)
(h * 1)$sum()$backward()
h$grad
h$grad$dtype
