/**
 * The contract between generated kernels and the runtime. Enters: addresses of native memory and
 * sizes. Leaves: results in that memory. Never done here: allocation, choice of kernels.
 */
package dev.retain.runtime.kernel;
