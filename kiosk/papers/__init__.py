"""What a paper says, as facts to confirm and remarks to heed; a remark never refuses a paper."""
