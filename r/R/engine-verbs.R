# The verbs that every engine has: {torch}'s names, handed on to the engine in use.

VERBS <- list(
  tensors = "
    torch_tensor torch_scalar_tensor torch_zeros torch_ones torch_empty torch_full torch_rand torch_randn
    torch_randint torch_randperm torch_zeros_like torch_ones_like torch_empty_like torch_full_like
    torch_rand_like torch_randn_like torch_arange torch_linspace torch_logspace torch_eye torch_normal
    torch_bernoulli torch_multinomial torch_tensor_from_buffer as_array is_undefined_tensor",
  types = "
    torch_float torch_float32 torch_float64 torch_double torch_half torch_float16 torch_bfloat16 torch_int
    torch_int8 torch_int16 torch_int32 torch_int64 torch_long torch_short torch_uint8 torch_bool torch_device
    torch_get_default_dtype torch_set_default_dtype is_torch_dtype is_torch_device torch_finfo
    torch_channels_last_format torch_contiguous_format torch_preserve_format is_torch_memory_format",
  mathematics = "
    torch_abs torch_acos torch_add torch_addcdiv torch_addcmul torch_amax torch_amin torch_argmax torch_argmin
    torch_argsort torch_asin torch_atan torch_atan2 torch_bmm torch_cat torch_ceil torch_chunk torch_clamp
    torch_clone torch_cos torch_cosh torch_cumprod torch_cumsum torch_diag torch_diff torch_div torch_dot
    torch_einsum torch_eq torch_equal torch_erf torch_exp torch_expm1 torch_flatten torch_flip torch_floor
    torch_fmod torch_gather torch_ge torch_gt torch_allclose torch_hypot torch_index_select torch_isclose
    torch_isfinite torch_isinf torch_isnan torch_le torch_lerp torch_log torch_log10 torch_log1p torch_log2
    torch_logical_and torch_logical_not torch_logical_or torch_logical_xor torch_logsumexp torch_lt
    torch_masked_select torch_matmul torch_max torch_maximum torch_mean torch_median torch_meshgrid torch_min
    torch_minimum torch_mm torch_mul torch_mv torch_ne torch_neg torch_norm torch_outer torch_pow torch_prod
    torch_quantile torch_reciprocal torch_relu torch_remainder torch_reshape torch_round torch_rsqrt
    torch_sigmoid torch_sign torch_sin torch_sinh torch_sort torch_split torch_sqrt torch_square torch_squeeze
    torch_stack torch_std torch_sub torch_sum torch_t torch_tan torch_tanh torch_topk torch_trace
    torch_transpose torch_tril torch_triu torch_trunc torch_unbind torch_unsqueeze torch_var torch_where
    torch_movedim torch_narrow torch_nonzero torch_logaddexp torch_repeat_interleave torch_roll
    torch_vstack torch_hstack
    linalg_norm linalg_inv linalg_det linalg_solve linalg_eigh linalg_eigvalsh linalg_cholesky linalg_qr
    linalg_svd linalg_cond",
  autograd = "
    with_no_grad with_enable_grad autograd_grad autograd_backward autograd_set_grad_mode torch_manual_seed
    with_torch_manual_seed torch_get_rng_state torch_set_rng_state torch_get_num_threads torch_set_num_threads
    torch_save torch_load cuda_is_available cuda_device_count cuda_synchronize
    cuda_get_rng_state cuda_set_rng_state backends_mps_is_available",
  layers = "
    nn_parameter nn_buffer nn_sequential nn_module_list nn_linear nn_identity nn_relu nn_leaky_relu nn_elu
    nn_gelu nn_silu nn_softplus nn_tanh nn_sigmoid nn_softmax nn_log_softmax nn_conv1d nn_conv2d nn_max_pool1d
    nn_max_pool2d nn_avg_pool1d nn_avg_pool2d nn_adaptive_avg_pool2d nn_flatten nn_batch_norm1d
    nn_batch_norm2d nn_layer_norm nn_dropout nn_dropout2d nn_embedding nn_mse_loss nn_l1_loss
    nn_smooth_l1_loss nn_cross_entropy_loss nn_nll_loss nn_bce_loss nn_bce_with_logits_loss is_nn_module
    is_nn_parameter is_nn_buffer nn_utils_clip_grad_norm_ nn_utils_clip_grad_value_
    nn_init_calculate_gain nn_init_constant_ nn_init_eye_ nn_init_kaiming_normal_ nn_init_kaiming_uniform_
    nn_init_normal_ nn_init_ones_
    nn_init_orthogonal_ nn_init_trunc_normal_ nn_init_uniform_ nn_init_xavier_normal_ nn_init_xavier_uniform_
    nn_init_zeros_",
  functional = "
    nnf_relu nnf_leaky_relu nnf_elu nnf_gelu nnf_silu nnf_softplus nnf_sigmoid nnf_softmax nnf_log_softmax
    nnf_linear nnf_conv1d nnf_conv2d nnf_max_pool1d nnf_max_pool2d nnf_avg_pool1d nnf_avg_pool2d
    nnf_batch_norm nnf_layer_norm nnf_dropout nnf_dropout2d nnf_embedding nnf_one_hot nnf_normalize nnf_pad
    nnf_mse_loss nnf_l1_loss nnf_smooth_l1_loss nnf_cross_entropy nnf_nll_loss nnf_binary_cross_entropy
    nnf_binary_cross_entropy_with_logits",
  optimizers = "
    optim_sgd optim_adagrad optim_rmsprop optim_adam optim_adamw optim_adadelta optim_asgd optim_rprop
    optim_lbfgs optim_ignite_sgd optim_ignite_adagrad optim_ignite_rmsprop optim_ignite_adam
    optim_ignite_adamw is_optimizer lr_lambda lr_multiplicative lr_step lr_cosine_annealing lr_one_cycle
    lr_reduce_on_plateau",
  # {torch} has these; engine 'pytorch' does not, and says so.
  torch_only = "
    tensor_dataset dataloader dataloader_make_iter dataloader_next jit_trace jit_save jit_load
    autograd_function nn_lstm nn_gru nn_multihead_attention distr_normal torch_serialize"
)

verb_names <- function(groups = names(VERBS)) {
  scan(text = unlist(VERBS[groups]), what = "", quiet = TRUE)
}

# Arguments stay as they were written, so that with_no_grad({ ... }) evaluates its block inside the engine.
delegate <- function(name) {
  force(name)
  function(...) engine_verb(name)(...)
}

for (verb in verb_names()) assign(verb, delegate(verb))
rm(verb)

#' The names of the verbs
#'
#' @return The names of the functions of {torch} that gradpath passes on to its engine; see [verbs].
#' @export
#' @examples
#' head(torch_verbs())
torch_verbs <- function() {
  c(verb_names(), CLASS_MAKERS)
}

# Those that need to know where they were called; written out below.
CLASS_MAKERS <- c("nn_module", "optimizer", "lr_scheduler", "dataset")

#' The verbs of {torch}
#'
#' Tensors, autograd, layers, losses, optimizers and schedules under the names that the R package torch gives
#' them. Each hands its arguments on to the engine in use (see [engine_info()]): to {torch}'s function of the
#' same name, or to the same thing in PyTorch, with R's conventions: positions and classes count from 1,
#' `torch_tensor(c(6, 6))` is float32, `torch_tensor(1:2)` is int64. A verb that PyTorch's engine lacks stops
#' and says so.
#'
#' Two things are better with engine `pytorch` than with {torch} 0.17: a number on the left of a tensor keeps
#' its digits, and weight decay decays the parameter in `optim_sgd()` and `optim_rmsprop()`. Code that puts
#' numbers on the right gives the same digits everywhere.
#'
#' @param ... As for the function of that name in {torch}; see its help there.
#' @return What {torch}'s function returns: tensors, modules, optimizers, or numbers.
#' @name verbs
#' @eval paste("@aliases", paste(verb_names(), collapse = " "))
#' @evalNamespace paste0("export(", verb_names(), ")")
#' @usage torch_tensor(...)
#' @source The help of the R package torch, <https://torch.mlverse.org/docs/reference/>.
#' @examplesIf has_engine()
#' x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
#' value <- (x^2)$sum()
#' value$backward()
#' x$grad
NULL

#' Modules and classes of your own
#'
#' As in {torch}: `nn_module()` makes a constructor from `initialize`, `forward` and other methods, which see
#' the module as `self`.
#'
#' @param ... Name, methods and fields, as for the function of that name in {torch}.
#' @param parent_env Where the methods look up what they do not define.
#' @return A constructor.
#' @export
#' @examplesIf has_engine()
#' line <- nn_module(
#'   "line",
#'   initialize = function() self$slope <- nn_parameter(torch_tensor(2)),
#'   forward = function(x) x * self$slope
#' )
#' line()(torch_tensor(3))
nn_module <- function(..., parent_env = parent.frame()) {
  engine_verb("nn_module")(..., parent_env = parent_env)
}

#' @rdname nn_module
#' @export
optimizer <- function(..., parent_env = parent.frame()) {
  engine_verb("optimizer")(..., parent_env = parent_env)
}

#' @rdname nn_module
#' @export
lr_scheduler <- function(..., parent_env = parent.frame()) {
  engine_verb("lr_scheduler")(..., parent_env = parent_env)
}

#' @rdname nn_module
#' @export
dataset <- function(..., parent_env = parent.frame()) {
  engine_verb("dataset")(..., parent_env = parent_env)
}
