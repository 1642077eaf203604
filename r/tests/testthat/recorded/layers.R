# Modules: built-in and one's own, parameters, states.
torch_manual_seed(1)
l <- nn_linear(3, 2)
l$weight
l$bias
l(torch_ones(2, 3))
names(l$parameters)
l
l$parameters$weight$shape
l$weight$requires_grad
net <- nn_sequential(nn_linear(3, 4), nn_relu(), nn_linear(4, 1))
net(torch_ones(2, 3))
names(net$parameters)
net
length(net)
net[[1]]$weight$shape
own_net <- nn_module("Net", initialize = function(h = 4) {
  self$fc1 <- nn_linear(3, h)
  self$fc2 <- nn_linear(h, 1)
  self$w <- nn_parameter(torch_ones(1))
  self$b <- nn_buffer(torch_zeros(1))
  self$k <- 3
}, forward = function(x) {
  self$helper(torch_relu(self$fc1(x)))
}, helper = function(x) self$fc2(x) * self$w + self$b)
m <- own_net(5)
m(torch_ones(1, 3))
names(m$parameters)
names(m$state_dict())
m
m$k
m$training
m$eval()
m$training
m$train()
m$fc1$weight$shape
inherits(m, "Net")
is_nn_module(m)
length(m$parameters)
names(m$buffers)
class(m)[1]
names(m$children)
st <- m$state_dict()
m2 <- own_net(5)
m2$load_state_dict(st)
m2(torch_ones(1, 3))
m2$zero_grad()
layers <- list(
 nn_dropout(0), nn_relu(), nn_tanh(), nn_sigmoid(), nn_flatten(), nn_softmax(2), nn_leaky_relu(0.1),
  nn_gelu(),
 nn_elu(), nn_silu(), nn_softplus(), nn_identity(), nn_log_softmax(dim = 2)
)
lapply(layers, function(layer) layer(torch_tensor(matrix(c(-1, 2, 3, 4), 2))))
torch_manual_seed(2)
cv <- nn_conv2d(1, 2, 3, padding = 1)
im <- torch_randn(2, 1, 6, 6)
cv(im)$shape
cv(im)$sum()
nn_max_pool2d(2)(im)$sum()
nn_avg_pool2d(2)(im)$sum()
nn_flatten()(im)$shape
bn <- nn_batch_norm2d(1)
bn(im)$std()
names(bn$state_dict())
bn$running_mean
bn$eval()
bn(im)$mean()
nn_batch_norm1d(3)(torch_randn(4, 3))$shape
nn_conv2d(1, 2, c(3, 2), stride = c(2, 1))(im)$shape
nn_adaptive_avg_pool2d(c(1, 1))(im)$shape
nn_conv1d(1, 2, 3)(torch_ones(1, 1, 5))$shape
nn_dropout2d(0.2)(im)$shape
nn_max_pool2d(kernel_size = 2, stride = 2)(im)$shape
torch_manual_seed(4)
e <- nn_embedding(4, 3)
e(torch_tensor(c(1L, 4L)))
abs(nn_layer_norm(6)(im)$sum()$item()) < 1e-3
nn_max_pool1d(2)(torch_ones(1, 1, 4))$shape
nn_avg_pool1d(2)(torch_ones(1, 1, 4))$shape
m$w <- nn_parameter(torch_zeros(1))
m(torch_ones(1, 3))
m$to(dtype = torch_float64())
m$fc1$weight$dtype
m$apply(function(z) NULL)
ml <- nn_module_list(list(nn_linear(1, 1), nn_linear(1, 2)))
length(ml)
ml[[2]]$weight$shape
ml$append(nn_linear(2, 2))
length(ml)
length(ml$parameters)
deep_net <- nn_module("N2", initialize = function(...) {
  args <- list(...)
  self$l <- nn_sequential(nn_linear(2, args$h), nn_tanh())
  self$layers <- nn_module_list(lapply(1:2, function(i) nn_linear(args$h, args$h)))
}, forward = function(x, y = 1) {
  x <- self$l(x)
  for (i in seq_along(self$layers)) x <- self$layers[[i]](x)
  x * y
})
n2 <- deep_net(h = 3)
n2(torch_ones(1, 2), y = 2)$shape
length(n2$parameters)
names(n2$parameters)
n2
is_nn_parameter(m$w)
is_nn_buffer(nn_buffer(torch_ones(1)))
