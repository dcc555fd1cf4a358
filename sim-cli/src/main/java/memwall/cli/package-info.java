/**
 * The application: arguments, exit codes, progress. The only package that prints, reads the wall
 * clock or exits.
 */
@NullMarked
package memwall.cli;

import org.jspecify.annotations.NullMarked;
