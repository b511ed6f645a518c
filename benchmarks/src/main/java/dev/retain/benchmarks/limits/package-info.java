/**
 * What the machine can do at most, as far as is known: products of small matrices out of the first
 * cache, OpenBLAS, reading of memory.
 */
package dev.retain.benchmarks.limits;
