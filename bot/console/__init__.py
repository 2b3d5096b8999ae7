"""The staff's pages under /console: claims, menu, words, numbers, the audit book. Chinese, no inline script, no CDN."""
