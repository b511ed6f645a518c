/**
 * What a trained model has to beat: counts of byte sequences, smoothed. Text enters, a model of the
 * next byte leaves.
 */
package dev.retain.benchmarks.ngram;
