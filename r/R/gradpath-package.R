#' @keywords internal
#' @importFrom ggplot2 .data
"_PACKAGE"
