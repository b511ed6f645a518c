/**
 * Checkpoints: what a run has in memory enters, a file that holds all of it leaves, whole or not at
 * all, and with a checksum; later it is given back to the bit.
 *
 * <p>Never done here: deciding when to write one.
 */
package dev.retain.runtime.training.checkpoint;
