<?php
/**
 * Leaves nothing behind.
 *
 * @package Pullquote
 */

if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}
foreach ( array( 'pullquote_server', 'pullquote_debate', 'pullquote_bubble' ) as $pullquote_option ) {
	delete_option( $pullquote_option );
}
